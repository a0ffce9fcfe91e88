"""The page's texts, in English and Korean."""

from enum import StrEnum
from typing import Final

from migrate.outcomes import EXPLAINED, Cause


class Language(StrEnum):
    """The languages of the page."""

    ENGLISH = "en"
    KOREAN = "ko"


_KOREAN: Final = {
    "Migration report": "마이그레이션 보고서",
    "Everything is in the store: {files}, {size}.": "모든 파일이 저장소에 있습니다: {files}, {size}.",
    "Not everything was moved: {files} ({size}) are in the store, {left} left out.": (
        "일부 파일은 옮기지 않았습니다: 저장소에 {files}({size}), 제외된 파일 {left}."
    ),
    "The migration is not finished: {files} ({size}) are in the store, {waiting} still to come.": (
        "마이그레이션이 끝나지 않았습니다: 저장소에 {files}({size}), 남은 파일 {waiting}."
    ),
    "What was moved has been rolled back: nothing of it is in the store.": (
        "옮긴 내용을 롤백했습니다. 저장소에 남은 파일이 없습니다."
    ),
    "Nothing has been moved.": "옮긴 파일이 없습니다.",
    "from": "원본",
    "to": "대상",
    "in the store": "저장소에 있음",
    "left out": "제외됨",
    "still to come": "남음",
    "last run": "마지막 실행",
    "refused by a busy service, sent again": "서비스 과부하로 거절 후 다시 보냄",
    "The last run over time": "마지막 실행의 시간별 기록",
    "objects per second": "초당 개체",
    "bytes per second": "초당 바이트",
    "refused requests per second": "초당 거절된 요청",
    "Nothing was refused.": "거절된 요청이 없습니다.",
    "The last run was too short, or moved nothing: there is nothing to draw.": (
        "마지막 실행이 너무 짧거나 옮긴 것이 없어 그릴 내용이 없습니다."
    ),
    "Left out, and why": "제외된 파일과 이유",
    "Nothing was left out.": "제외된 파일이 없습니다.",
    "… and {count} more": "… 외 {count}개",
    "path": "경로",
    "reason": "이유",
    "Sizes": "크기",
    "size": "크기",
    "files": "파일",
    "bytes": "바이트",
    "share": "비율",
    "up to {size}": "{size} 이하",
    "over {size}": "{size} 초과",
    "empty": "빈 파일",
    "The largest": "가장 큰 파일",
    "Equal content, compression": "같은 내용, 압축",
    "No two files have the same content.": "같은 내용의 파일이 없습니다.",
    "{files} repeat content of others ({groups} different, {size}). Kept once, they take {size} less.": (
        "{files}가 다른 파일과 내용이 같습니다(내용 {groups}개, {size}). "
        "한 번만 저장하면 {size}가 줄어듭니다."
    ),
    "copies": "사본",
    "Compression: the last run's {sent} took {stored} in the store, {share} of it.": (
        "압축: 마지막 실행의 {sent}가 저장소에서 {stored}를 차지합니다({share})."
    ),
    "Compression: none; what the last run sent is stored byte for byte.": (
        "압축: 없음. 마지막 실행이 보낸 그대로 저장됩니다."
    ),
    "Compression: not measured in the last run.": "압축: 마지막 실행에서 측정되지 않았습니다.",
    "excluded": "필터로 제외",
    "forecast": "예측",
    "interval": "구간",
    "difference": "차이",
    "within the interval": "구간 안",
    "outside of the interval": "구간 밖",
    "Forecast and reality": "예측과 실제",
    "Proof": "검증",
    "Verified {when}: every file that was moved is in the store ({way}).": (
        "{when} 검증: 옮긴 모든 파일이 저장소에 있습니다({way})."
    ),
    "Verified {when}: there are differences ({way}).": "{when} 검증: 차이가 있습니다({way}).",
    "Not verified. Next: {command}": "검증하지 않았습니다. 다음: {command}",
    "A run was made since; verify again.": "그 뒤에 실행이 있었습니다. 다시 검증하십시오.",
    "root digest of what was proved": "검증된 파일의 루트 다이제스트",
    "root digest of what was moved": "옮긴 파일의 루트 다이제스트",
    "SHA-256 of the lines “sha256  path” of all files, sorted: who has the same files has the same digest.": (
        "모든 파일의 “sha256  경로” 줄을 정렬한 것의 SHA-256. 같은 파일이면 같은 값입니다."
    ),
    "missing": "없음",
    "different": "다름",
    "not_moved": "옮기지 않음",
    "source_changed": "원본이 바뀜",
    "unproved": "확인 불가",
    "extra": "저장소에만 있음",
    "rewritten": "같은 내용으로 다시 씀",
    "source_gone": "원본에서 사라짐",
    "Runs": "실행",
    "began": "시작",
    "took": "걸린 시간",
    "ending": "결과",
    "{count} earlier runs are not shown.": "이전 실행 {count}개는 표시하지 않습니다.",
    "complete": "완료",
    "incomplete": "일부 제외",
    "interrupted": "중단됨",
    "failed": "실패",
    "rolling_back": "롤백 중",
    "rolled_back": "롤백됨",
    "killed, or still running": "강제 종료되었거나 실행 중",
    "Made {when} from the migration's journal by {program} {version}.": (
        "{when}, 마이그레이션 저널에서 {program} {version}으로 작성."
    ),
    "version": "버전 비교",
    "digest": "다이제스트 비교",
    "read": "전체 읽기",
}

_CAUSES_KOREAN: Final = {
    Cause.LINK: "심볼릭 링크: 따라가지 않습니다",
    Cause.SPECIAL: "파이프, 소켓, 장치: 내용이 없습니다",
    Cause.UNREADABLE: "읽을 수 없음",
    Cause.NAME: "저장소가 가질 수 없는 이름: 이름을 바꾸고 다시 실행하십시오",
    Cause.RESERVED: "이 프로그램이 쓰는 이름",
    Cause.TWIN: "저장소가 같은 이름으로 여기는 이름",
    Cause.PROPERTIES: "저장소가 거절하거나 바꿀 메타데이터",
    Cause.CONFLICT: "저장소에 다른 내용이 있음: 건드리지 않았습니다",
    Cause.CHANGED: "읽는 동안 매번 바뀜",
    Cause.GONE: "마이그레이션 중에 사라짐",
    Cause.FAILED: "실패: 다시 실행하십시오",
    Cause.EXCLUDED: "필터나 .kbignore로 제외",
}


class Texts:
    """The texts of one language.

    Args:
        language: which.
    """

    def __init__(self, language: Language) -> None:
        self.language = language

    def say(self, english: str, **values: str) -> str:
        """Return a text with its values; what has no translation stays English."""
        korean = self.language is Language.KOREAN
        return (_KOREAN.get(english, english) if korean else english).format(**values)

    def cause(self, cause: Cause) -> str:
        """Return what a cause means."""
        return (_CAUSES_KOREAN if self.language is Language.KOREAN else EXPLAINED)[cause]

    def files(self, count: int) -> str:
        """Return a number of files."""
        if self.language is Language.KOREAN:
            return f"파일 {count:,}개"
        return f"{count:,} file{'' if count == 1 else 's'}"
