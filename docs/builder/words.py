"""What the pages say around their texts, and the course's beside the lessons, in each language."""

# What stands around every page, by its English; what a language lacks here is said in English.
AROUND = {
    "ko": {
        "Skip to the text": "본문으로 건너뛰기", "Search": "검색", "Menu": "메뉴", "Site": "사이트", "Guides": "안내서",
        "Home": "홈", "Course": "강의", "Reference": "참조", "Benchmarks": "성능 측정", "Changes": "변경 사항",
        "Contributing": "기여하기", "Playground": "놀이터", "Gallery": "갤러리", "Stepping": "한 단계씩", "Drawing": "그리기",
        "Training": "학습", "Compiling": "컴파일", "Derivatives": "도함수", "Testing": "테스트", "Recipes": "활용법",
        "Teaching": "가르치기", "Glossary": "용어집", "Mutants": "변이체", "Faults named": "오류의 이름",
    },
}  # fmt: skip
LANGUAGES = {"en": "English", "ko": "한국어"}
WORDS = {
    "en": {
        "course": "A course in backpropagation",
        "introduction": "Ten lessons, from one multiplication to a GPT. Each is a script, a notebook and a page; "
                        "the figures are live, and every output on these pages was computed by the code above it. "
                        "Each ends with three questions. You need to know a little Python, and no mathematics beyond "
                        "school.",
        "try": "Open this lesson's program in the playground",
        "questions": "Three questions",
        "check": "Check",
        "show": "Show the working",
        "right": "Right.",
        "wrong": "Not yet: try once more.",
        "unread": "Please write a number, such as 0.25, -3 or 1/3.",
        "all": "All lessons",
    },
    "ko": {
        "course": "역전파 강의",
        "introduction": "곱셈 하나에서 시작해 GPT까지 가는 열 개의 강의입니다. 강의마다 스크립트, 노트북, 페이지가 있습니다. "
                        "그림은 직접 움직여 볼 수 있고, 페이지에 보이는 출력은 모두 바로 위의 코드가 계산한 것입니다. "
                        "강의 끝에는 문제가 세 개씩 있습니다. 파이썬을 조금 알면 되고, 수학은 고등학교 수준이면 충분합니다.",
        "try": "이 강의의 프로그램을 놀이터에서 열기",
        "questions": "문제 세 개",
        "check": "확인",
        "show": "풀이 보기",
        "right": "맞았습니다.",
        "wrong": "아직 아닙니다. 한 번 더 생각해 보세요.",
        "unread": "0.25, -3, 1/3처럼 수를 써 주세요.",
        "all": "모든 강의",
    },
}  # fmt: skip
