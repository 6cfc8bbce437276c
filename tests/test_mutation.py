"""benchmarks.mutation makes every single change that it knows, and nothing else."""

import ast

from benchmarks.mutation import Change, mutant

SOURCE = '''
def f(a: int, b: float = 2) -> bool:
    """Text stays."""
    if a < b and not a:
        a += 1
    return -a
'''


def changed():
    counter = Change()
    counter.visit(ast.parse(SOURCE))
    return [ast.unparse(mutant(SOURCE, number)[0]) for number in range(counter.count)]


def test_each_mutant_is_another_program_that_compiles():
    programs = changed()
    assert len(set(programs)) == len(programs) and ast.unparse(ast.parse(SOURCE)) not in programs
    assert all(compile(text, "<mutant>", "exec") and '"""Text stays."""' in text for text in programs)


def test_comparisons_signs_constants_branches_and_statements_are_changed():
    texts = "a <= b", "a < b or not a", "and a:", "if not (a < b and (not a))", "a -= 1", "a += 2", "=3)", "return a", "pass"
    for text in texts:
        assert sum(text in program for program in changed()) == 1, text
