"""What a question asks for, and what a line looks like that could say it."""

import re
from dataclasses import dataclass
from typing import Final

from app.agent.offline.words import stem

_NUMBER: Final = r"""(?:
    (?<![a-z\d])\d[\d,.]*
    | (?<![a-z])(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|forty|fifty
        |sixty|half|once|twice|hundred)\b
    | [한두세네](?=\s) | [첫둘셋넷](?=째)
    | 스물[한두세네다여일]?\w* | 다섯 | 여섯 | 일곱 | 여덟 | 아홉 | 열 | 스무
    | 하루 | 이틀 | 사흘 | 나흘 | 보름
)"""

_UNIT: Final = r"""(?:
    -?\s?(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|quarters?|years?|(?:ms|min|s)(?![a-z]))
    | 초 | 분 | 시간 | 일 | 주 | 달 | 개월 | 년 | 밤
)"""

_DURATION: Final = rf"""
    (?:{_NUMBER}|\ban?\b)\s*(?:[a-z]+\s)?{_UNIT}
    | 하루 | 이틀 | 사흘 | 나흘 | 보름 | 기한 | 계속
    | forever | without\ end | half\ an?\ hour | 마다 | 매[일주월년달]
    | \b(?:daily|weekly|monthly|quarterly|yearly|hourly|every|each)\b
"""

_FREQUENCY: Final = r"""
    마다 | 매[일주월년달] | 씩 | [한두세\d]\s*[번회차] | (?:홀수|짝수)\ 달 | 요일
    | \b(?:every|each|per|once|twice|times|daily|weekly|monthly|quarterly|yearly|hourly)\b
"""

_WEEKDAY: Final = r"[월화수목금토일]요일 | \b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"

_MOMENT: Final = rf"""
    \d{{4}}-\d\d(?:-\d\d)? | \d{{1,2}}:\d\d | \d+\s*(?:시|일|월|년|분기) | [월화수목금토일]요일
    | \b\d{{1,2}}(?:st|nd|rd|th)\b | \b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b
    | \b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b
    | \b(?:after|before|until|once|within|by|at\ once|morning|noon|midnight|comes?\ with)\b
    | 오전 | 오후 | 새벽 | 아침 | 저녁 | 이후 | 이전 | 뒤 | 전에 | 지나면 | 바로 | 까지 | 부터
    | {_DURATION}
"""

_MONEY: Final = r"""
    \d[\d,.]*\s*(?:만|천|억)?\s*(?:원|달러|유로|%) | [$€₩£]\s?\d
    | \d[\d,.]*\s*(?:krw|usd|eur|dollars?|euros?|won)(?![a-z])
"""

_REASON: Final = r"""
    \b(?:because|caused?|reason|so\ that|otherwise|since|due\ to)\b
    | 때문 | 위해 | 라서 | 이라 | 므로 | 원인 | 이유 | 니까 | [아어]서 | 없다
"""

_SIZE: Final = r"""
    \d[\d,.]*\s*(?:[kmgt]i?b(?![a-z]) | bytes? | 바이트 | 기가 | 메가 | 테라 | characters? | 글자)
"""

_PERSON: Final = r"[가-힣]{2,4}(?:[가이는은와과님팀]|에게) | (?-i:[A-Z][a-z]+) | @\w+ | \bteam\b"

_PLACE: Final = r"""
    ^(?!\s*\$\ ).*(?:  # a command names places, but does not say where something is
        [\w.-]*\w/[\w./-]* | 폴더 | \bto\ the\b
        | \b(?:in|on|at|inside|under|into|room|folder)\b | 에서 | 에\b | 으로 | 층 | 호
    )
"""


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE | re.IGNORECASE)


_TABLE: Final = (
    (r"how\ (?:often|frequently)\b | 얼마나\ 자주 | 얼마마다", _FREQUENCY),
    (r"how\ (?:long|soon|quickly|fast|late|old)\b | \b(?:lags?|age)\b", _DURATION),
    (r"\b(?:interval|period|duration|frequency)\b", _DURATION),
    (r"\bhow\ many\ (?:seconds|minutes|hours|days|weeks|months|years)\b", _DURATION),
    (r"얼마(?:나\ (?:오래|빨리)|\s?(?:만에|동안|뒤|후)) | 며칠 | 몇\s*일 | 기간 | 주기 | 일수", _DURATION),
    (r"[무어][슨느]\ 요일 | (?:which|what)\ day", _WEEKDAY),
    (r"수당 | 가격 | 요금 | 금액 | 연봉 | 얼마를\ 내 | \b(?:price|fee|salary|wage)\b", _MONEY),
    (r"(?:비용|돈|지출).*얼마 | \bhow\ much\b.*\bcosts?\b | \bdollars?\b | \busd\b", _MONEY),
    (r"\b(?:what|most|maximum|cap)\b.*\b(?:costs?|pay|price)\b | 총액", _MONEY),
    (r"\b(?:spending|cost|price)\ (?:cap|limit|ceiling|maximum)", _MONEY),
    (r"(?:수당|[가-힣]비)[는가은이]?\s*(?:얼마|몇)", _MONEY),
    (r"시간.{0,3}\s얼마 | 걸[린렸리] | 소요\s?시간", _DURATION),
    (r"비용 | 돈 | \b(?:costs?|paid|budget)\b", rf"{_MONEY} | \d"),
    (r"몇\s*시(?!간) | what\ time", r"\d+\s*시 | \d{1,2}:\d\d | \b\d+\s?[ap]m\b"),
    (r"\bwhen\b | \b(?:schedule|deadline|date)\b | 언제 | 시점 | 시기 | 일정 | 기한 | 마감", _MOMENT),
    (r"\bhow\ (?:many|much|big|large|small|high|low|far|old)\b | 몇 | 얼마", _NUMBER),
    (r"how\ much\ (?:\w+\ ){0,2}(?:memory|ram|space|storage|disk)\b | how\ (?:large|big)\b", _SIZE),
    (r"\b(?:size|largest)\b | 크기 | 용량 | 공간.*얼마 | 메모리.*얼마", _SIZE),
    (r"최대 | 최소 | 한도 | 상한 | 개수 | 비율 | 비중 | 퍼센트 | %", _NUMBER),
    (r"\b(?:smallest|maximum|minimum|limit|threshold|percent(?:age)?|at\ most)\b", _NUMBER),
    (r"\bwho[ms]?e?\b | 누가 | 누구 | 담당자 | 책임자", _PERSON),
    (r"\b(?:where|location)\b | 어디(?!까지) | 위치 | 장소", _PLACE),
    (r"\bwhy\b | 왜 | 원인 | 이유 | 까닭", _REASON),
    (r"\bcommand\b | 명령", r"`[^`]+` | ^\s*\$\  | --\w"),
    (r"\bport\b | 포트", r"\d{2,5}"),
    (r"\b(?:url|address|e-?mail|channel)\b | 주소 | 메일 | 채널", r"[\#@/]\w | ://"),
)  # fmt: skip
"""(in the question, in a line that may answer), verbose regular expressions without case."""

_SOFT: Final = frozenset({_MOMENT, _REASON, _PERSON, _PLACE})
"""What can be said in so many ways that a line without these marks may still say it."""


_BY_DATE: Final = frozenset({_MOMENT, _WEEKDAY, _REASON, _PERSON, _PLACE})

_LIST_MARK: Final = re.compile(r"^\s*(?:[-*+>]|\d+[.)])\s+")
_TARGET: Final = re.compile(r"(?<=\])\([^()]*\)")
_DATE: Final = re.compile(
    r"\b\d{4}-\d\d(?:-\d\d)?\b|\d{4}년(?:\s*\d+월)?(?:\s*\d+일)?|\d+월\s*\d+일"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A thing asked for.

    Attributes:
        looks: what a line that says it looks like.
        is_strict: whether a line without it can hardly answer.
        is_moment: whether a date says it; otherwise a date is no number.
    """

    looks: re.Pattern[str]
    is_strict: bool
    is_moment: bool = False

    def is_said_by(self, text: str) -> bool:
        """Say whether a line says such a thing, its list mark, link targets and file names left out."""
        plain = _TARGET.sub("", _LIST_MARK.sub("", text))
        return self.looks.search(plain if self.is_moment else _DATE.sub("", plain)) is not None


_UNITS: Final = {
    "초": "초|seconds?", "분": "분|minutes?", "시간": "시간|hours?", "시": r"시|[ap]m\b|:\d\d",
    "일": "일|days?", "주": "주|weeks?", "개월": "개월|달|months?", "달": "개월|달|months?",
    "년": "년|years?", "퍼": "퍼센트|%|percent", "프": "프로|%|percent", 
    "명": "명|사람|인|people", "번": "번|회|차례|times?", "째": "째|st|nd|rd|th",
}  # fmt: skip
"""For the first syllable behind 몇: the units that a line of either language may have."""

_COUNTED: Final = _compiled(
    r"몇\s*(?P<korean>시간|개월|[가-힣]) | \bhow\ many\ (?P<english>[a-z]+)"
)

_ASKED_FOR: Final = tuple(
    (_compiled(question), Asked(_compiled(answer), answer not in _SOFT, answer in _BY_DATE))
    for question, answer in _TABLE
)


def asked_for(question: str) -> tuple[Asked, ...]:
    """Return the things that a question asks for."""
    fixed = tuple(asked for pattern, asked in _ASKED_FOR if pattern.search(question))
    return fixed + tuple(_counted(match) for match in _COUNTED.finditer(question))


def _counted(match: re.Match[str]) -> Asked:
    """A number of what is counted: 58쌍 for 몇 쌍이었나, 50,000 blocks for how many blocks."""
    if match["korean"]:
        unit = _UNITS.get(match["korean"], match["korean"])
        return Asked(_compiled(rf"{_NUMBER}\s*(?:{unit})"), is_strict=True)
    what = stem(match["english"].lower())
    return Asked(_compiled(rf"{_NUMBER}\s*(?:\w+\s)?{what} | {what}.*\d"), is_strict=False)


_DEFINITION: Final = _compiled(
    r"뭐(?:야|예요|에요|죠|지)? | 뭔가 | 무엇(?:인가|이|을|입니까)? | 무슨\ 뜻 | 뜻 | 이?란\b"
    r"| \bwhat\ (?:is|are|does)\b | \bmeaning\b | \bmeans?\b | \bdefin"
)


def asks_for_definition(question: str) -> bool:
    """Say whether a question may ask what something is."""
    return _DEFINITION.search(question) is not None
