"""Words that the offline model knows: which say nothing, which mean much the same, and what a question asks for.

All of it is everyday English and Korean of people who run computers; nothing is taken from any document.
"""

import re
from typing import Final

STOP_ENGLISH: Final = frozenset(
    [
        "a",
        "about",
        "above",
        "after",
        "again",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "anybody",
        "anyone",
        "anything",
        "are",
        "as",
        "at",
        "be",
        "because",
        "been",
        "before",
        "being",
        "below",
        "between",
        "both",
        "but",
        "by",
        "can",
        "cannot",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "done",
        "down",
        "during",
        "each",
        "either",
        "else",
        "ever",
        "every",
        "few",
        "find",
        "for",
        "from",
        "further",
        "get",
        "gets",
        "give",
        "given",
        "go",
        "goes",
        "going",
        "got",
        "had",
        "has",
        "have",
        "having",
        "he",
        "her",
        "here",
        "hers",
        "him",
        "his",
        "how",
        "however",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "itself",
        "just",
        "kind",
        "know",
        "let",
        "like",
        "long",
        "made",
        "make",
        "makes",
        "many",
        "may",
        "me",
        "might",
        "mine",
        "more",
        "most",
        "much",
        "must",
        "my",
        "need",
        "needed",
        "needs",
        "neither",
        "no",
        "nor",
        "not",
        "now",
        "of",
        "off",
        "often",
        "on",
        "once",
        "one",
        "only",
        "or",
        "other",
        "our",
        "ours",
        "out",
        "over",
        "own",
        "per",
        "please",
        "quickly",
        "really",
        "said",
        "same",
        "say",
        "says",
        "shall",
        "she",
        "should",
        "show",
        "since",
        "so",
        "some",
        "someone",
        "something",
        "soon",
        "such",
        "take",
        "takes",
        "tell",
        "than",
        "that",
        "the",
        "their",
        "theirs",
        "them",
        "then",
        "there",
        "these",
        "they",
        "thing",
        "things",
        "this",
        "those",
        "through",
        "till",
        "to",
        "too",
        "under",
        "until",
        "up",
        "us",
        "use",
        "used",
        "uses",
        "using",
        "very",
        "want",
        "was",
        "way",
        "we",
        "were",
        "what",
        "what's",
        "when",
        "where",
        "whether",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "within",
        "without",
        "would",
        "you",
        "your",
        "yours",
    ]
)

STOP_KOREAN: Final = frozenset(
    [
        "가능",
        "가지",
        "거",
        "거기",
        "가장",
        "각",
        "많",
        "많이",
        "많은",
        "조금",
        "너무",
        "꼭",
        "반드시",
        "먼저",
        "대략",
        "약",
        "총",
        "모두",
        "건가",
        "것",
        "게",
        "경우",
        "관련",
        "관한",
        "그",
        "그거",
        "그것",
        "그게",
        "그냥",
        "그때",
        "그래서",
        "그러면",
        "그럼",
        "그런",
        "그리고",
        "기준",
        "나",
        "나요",
        "내",
        "너무",
        "네",
        "누가",
        "누구",
        "다",
        "다른",
        "다시",
        "대체",
        "대하",
        "대한",
        "대해",
        "더",
        "동안",
        "되",
        "된",
        "될",
        "두",
        "뒤",
        "들",
        "등",
        "또",
        "또는",
        "때",
        "때문",
        "만약",
        "만에",
        "말",
        "며칠",
        "몇",
        "무슨",
        "무엇",
        "뭐",
        "뭐가",
        "뭐라",
        "뭐야",
        "뭔",
        "뭔가",
        "및",
        "바로",
        "받",
        "방법",
        "번",
        "보",
        "보통",
        "부탁",
        "사람",
        "새",
        "서",
        "수",
        "시",
        "실제",
        "아",
        "아니",
        "안",
        "안에",
        "알",
        "알려",
        "알려줘",
        "어느",
        "어디",
        "어떠",
        "어떡",
        "어떤",
        "어떻",
        "어떻게",
        "언제",
        "얼마",
        "얼마나",
        "없",
        "없나",
        "여기",
        "여러",
        "왜",
        "요",
        "우리",
        "원래",
        "위",
        "위하",
        "위한",
        "위해",
        "은",
        "이",
        "이거",
        "이것",
        "이게",
        "이내",
        "이상",
        "이하",
        "있",
        "있는",
        "있나",
        "자주",
        "저",
        "저희",
        "전",
        "전부",
        "정도",
        "제",
        "제일",
        "좀",
        "주",
        "주세요",
        "줘",
        "줄",
        "중",
        "중에",
        "지금",
        "쪽",
        "처음",
        "최근",
        "하",
        "하나",
        "하려",
        "하면",
        "한",
        "할",
        "합",
        "해",
        "해야",
        "했",
        "혹시",
        "후",
    ]
)

MEASURES: Final = frozenset(
    [
        "amount",
        "size",
        "number",
        "count",
        "smallest",
        "largest",
        "biggest",
        "maximum",
        "minimum",
        "max",
        "min",
        "limit",
        "length",
        "duration",
        "interval",
        "period",
        "frequency",
        "time",
        "date",
        "day",
        "days",
        "hour",
        "hours",
        "minute",
        "minutes",
        "second",
        "seconds",
        "week",
        "weeks",
        "month",
        "months",
        "year",
        "years",
        "percent",
        "percentage",
        "name",
        "reason",
        "cause",
        "person",
        "크기",
        "개수",
        "횟수",
        "최대",
        "최소",
        "한도",
        "상한",
        "길이",
        "기간",
        "주기",
        "간격",
        "시간",
        "날짜",
        "시점",
        "비율",
        "이름",
        "이유",
        "원인",
        "까닭",
        "사람",
        "담당자",
        "요일",
        "값",
        "금액",
    ]
)
"""Words that name what is asked for: a line that answers shows the thing more often than the word."""

_SYNONYMS: Final = """
delete remove erase wipe deletion 삭제 지우 지운 지웠 없애
recover restore undelete retrieve bring-back recoverable 복구 복원 되살리 되돌리
retain keep kept store retention preserve 보관 보존 유지 남
rotate rotation renew replace change 교체 바꾸 교대 갱신
expire end ends over run-out expiry expired 만료 끝나 종료
acknowledge respond answer reply 응답 답하
memory ram 메모리
disk storage space 디스크 공간 용량 저장
laptop notebook computer 노트북
lock lease 잠금 리스
lead leader chair host run 진행 이끌 주재
owner responsible charge maintainer in-charge 담당 책임 맡
allow permit permission right rights access 권한 허용 허락
forbid prohibit ban 금지
limit maximum max cap most budget 한도 최대 상한 제한
minimum min least smallest 최소 하한
cost price pay charge fee expense bill 비용 가격 요금 수당 금액 돈
compress compression gzip 압축
encrypt encryption 암호화
backup copy 백업 사본
move migrate migration transfer 이관 이전 옮기 옮겨
verify check validate proof 검증 확인 점검
start begin launch 시작 개시
stop halt quit 중지 멈추 중단
reduce lower decrease shrink 낮추 줄이 감소
increase raise grow 올리 늘리 증가
employee staff colleague 직원 사원 동료
newcomer newbie new-hire joiner 신입 입사자
leave quit resign departure leaver former 퇴사 퇴직
incident outage failure 장애 사고
alert alarm page warning 경보 알림 알람
cause reason why because 원인 이유 까닭
region location 지역 리전
meeting sync 회의
schedule calendar rota 일정 순번
on-call oncall duty 당직
night overnight 야간 밤 새벽
contract agreement 계약
certificate cert tls 인증서
key secret credential password 키 비밀 열쇠 암호
office site 사무실
customer client 고객 손님
document file 문서 파일
log logs 로그 기록
version revision 버전
release version 릴리스 출시
default standard 기본
environment stack 환경 스택
cloud 클라우드
network 네트워크 망
report 보고 신고
approve approval 승인
review audit 검토 감사 재검토
create make build 만들 생성
write edit modify 쓰 고치 수정 편집
read view 읽 열람
search find look 검색 찾
wait timeout 기다리 대기
duplicate dedup deduplication twice 중복
archive 보관소 아카이브
agent bot assistant 에이전트
question ask 질문 묻
rename name 이름
size large big 크기
rehearsal rehearse 리허설 예행
salary pay wage 급여 월급 수당
holiday vacation 휴가 휴무
buy purchase 구매 구입
phone call telephone 전화
write-lock lease 잠금
"""


def _groups() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in _SYNONYMS.strip().splitlines():
        words = frozenset(line.split())
        for word in words:
            found[word] = found.get(word, frozenset()) | words
    return {word: words - {word} for word, words in found.items()}


SYNONYMS: Final = _groups()
"""For each word, those that may stand for it; English words as they are, Korean ones as stems."""

_NUMBER: Final = (
    r"(?:\d[\d,.]*|(?<![a-z])(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|forty|"
    r"fifty|sixty|half|once|twice|hundred)\b|[한두세네]|다섯|여섯|일곱|여덟|아홉|열|스무|하루|이틀|사흘|나흘|보름)"
)
_DURATION: Final = (
    rf"{_NUMBER}\s*(?:[a-z]+\s)?(?:-?\s?(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|quarters?|years?|ms\b|min\b|s\b)"
    r"|초|분|시간|일|주|달|개월|년|밤)|하루|이틀|사흘|나흘|보름|하룻밤|half an? hour|(?:daily|weekly|monthly|yearly|hourly|quarterly)"
    r"|\b(?:every|each)\b|매[일주월년달]|마다"
)
_MOMENT: Final = (
    r"\d{4}-\d\d(?:-\d\d)?|\d{1,2}:\d\d|\d+\s*(?:시|일|월|년|분기)|[월화수목금토일]요일|\b\d{1,2}(?:st|nd|rd|th)\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:january|february|march|april|june|july|august|"
    r"september|october|november|december)\b|\b(?:after|before|until|once|within|by|at once|morning|noon|midnight|"
    r"comes? with)\b|오전|오후|새벽|아침|저녁|이후|이전|뒤|전에|지나면|바로|까지|부터"
)
_QUANTITY: Final = _NUMBER


def _asks(*pairs: tuple[str, str]) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((re.compile(question), re.compile(answer)) for question, answer in pairs)


ASKED_FOR: Final = _asks(
    (
        r"\bhow (?:often|frequently|long|soon|quickly|fast|late)\b|how many (?:seconds|minutes|hours|days|weeks|months|years)",
        _DURATION,
    ),
    (
        r"얼마(?:나 자주|나 오래|마다|\s?만에|\s?동안|\s?뒤|\s?후)|며칠|몇\s*일|기간|주기|얼마나 빨리",
        _DURATION,
    ),
    (r"몇\s*초|초마다|how many seconds", r"\d+\s*초|seconds?"),
    (r"몇\s*분(?!기)|how many minutes", r"\d+\s*분|minutes?"),
    (r"몇\s*시간|how many hours", r"\d+\s*시간|hours?"),
    (r"몇\s*시(?!간)|what time", r"\d+\s*시|\d{1,2}:\d\d|\b\d+\s?[ap]m\b"),
    (r"며칠|몇\s*일|how many days", r"\d+\s*일|days?|하루|이틀|사흘|일주일|보름"),
    (r"몇\s*주|how many weeks", r"\d+\s*주|weeks?|일주일"),
    (r"몇\s*(?:달|개월)|how many months", r"\d+\s*(?:달|개월)|months?"),
    (r"몇\s*년|몇\s*해|how many years", r"\d+\s*년|years?"),
    (r"무슨 요일|어느 요일|which day|what day", r"[월화수목금토일]요일|days?\b"),
    (
        r"수당|가격|요금|비용|금액|돈|how much (?:do|does|is|are|did|will)|\b(?:price|cost|pay|paid|budget)\b",
        r"\d[\d,.]*\s*(?:만|천|억)?\s*(?:원|달러|유로|%)|[$€₩£]\s?\d|\d[\d,.]*\s*(?:krw|usd|eur|dollars?|euros?|won)\b|\d",
    ),
    (r"\bwhen\b|언제|시점|시기", f"{_MOMENT}|{_DURATION}"),
    (
        r"\bhow (?:many|much|big|large|small|high|low|far|old)\b|몇|얼마|최대|최소|한도|상한|크기|용량|\bsmallest\b|\blargest\b|\bmaximum\b|\bminimum\b|\blimit\b|\bram\b",
        _QUANTITY,
    ),
    (
        r"\bwho\b|\bwhose\b|\bwhom\b|누가|누구|담당자|책임자",
        r"[가-힣]{2,4}(?:가|이|는|은|와|과|에게|팀|님)|[A-Z][a-z]+|@\w+|팀|\bteam\b",
    ),
    (
        r"\bwhere\b|어디",
        r"[\w.-]+/[\w./-]+|\b(?:in|on|at|inside|under|into)\b|에서|에\b|으로|room|folder|층|호",
    ),
    (
        r"\bwhy\b|왜|원인|이유|까닭",
        r"\bbecause\b|\bcaused?\b|\breason\b|\bso that\b|\botherwise\b|\bsince\b|때문|위해|라서|이라|므로|원인|이유|니까|\bdue to\b|아서|어서|없다",
    ),
    (r"\bcommand\b|명령", r"`[^`]+`|^\s*\$ |--\w"),
    (r"\bport\b|포트", r"\d{2,5}"),
    (r"\b(?:url|address|e-?mail|channel)\b|주소|메일|채널", r"[#@/]\w|://"),
)
"""What a question asks for, and what a line looks like that could say it; matched against folded text but for names."""
