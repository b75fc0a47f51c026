"""State machines at any length: each example leaves no trace, and no service may be left out."""

import inspect
import re
from collections import Counter
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, ClassVar

from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from benchmarks.rows import Row

SHORT, LONG = 25, 5_000
STEPS = 20


class Verbs:
    """The public functions of some modules, each counted when it came through."""

    def __init__(self, *modules: ModuleType, without: Mapping[str, str] | None = None) -> None:
        """Take all functions that the modules define, `without` some, each with the reason."""
        left_out = without or {}
        found = {name: verb for module in modules for name, verb in _public(module)}
        if missing := left_out.keys() - found.keys():
            raise LookupError(f"no such services: {sorted(missing)}")
        self._verbs = {name: verb for name, verb in found.items() if name not in left_out}
        self.done: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        verb = self.__dict__["_verbs"].get(name)
        if verb is None:
            raise AttributeError(name)

        def counted(*arguments: Any, **named: Any) -> Any:
            answer = verb(*arguments, **named)
            self.done[name] += 1
            return answer

        return counted

    @property
    def names(self) -> set[str]:
        """The names of the services."""
        return set(self._verbs)

    @property
    def never_done(self) -> set[str]:
        """The services that no rule brought to an end."""
        return self._verbs.keys() - self.done.keys()


def _public(module: ModuleType) -> list[tuple[str, Callable[..., Any]]]:
    return [
        (name, verb)
        for name, verb in inspect.getmembers(module, inspect.isfunction)
        if verb.__module__ == module.__name__ and not name.startswith("_")
    ]


class Machine(RuleBasedStateMachine):
    """A machine whose every example starts from the same database: what it wrote is rolled back."""

    verbs: ClassVar[Verbs]
    examples: ClassVar[int]

    def __init__(self) -> None:
        super().__init__()
        type(self).examples += 1
        self._start = transaction.savepoint()

    def teardown(self) -> None:
        """Undo the example; a subclass asks its last questions before."""
        transaction.set_rollback(False)
        transaction.savepoint_rollback(self._start)
        connection.run_on_commit.clear()

    @classmethod
    def prove(cls, work: str, figures: Callable[[Row], None], *, examples: int) -> None:
        """Run so many examples inside the test's transaction, and hand over how many ran.

        Raises: AssertionError when an example breaks a promise, when a service has no rule, or when one never came
        through in a long run.
        """
        rules = [
            inspect.getsource(one) for one in cls.__mro__ if issubclass(one, Machine) and one is not Machine
        ]
        used = set(re.findall(r"\bverbs\.(\w+)", "".join(rules)))
        assert used == cls.verbs.names, f"services without a rule: {cls.verbs.names - used}"
        cls.examples = 0
        cls.verbs.done.clear()
        run_state_machine_as_test(
            cls,
            settings=settings(
                max_examples=examples,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        if examples >= LONG:
            assert not cls.verbs.never_done, f"no rule ever brought these to an end: {cls.verbs.never_done}"
        done = sum(cls.verbs.done.values())
        note = f"{len(cls.verbs.done)} services, called {done:,} times"
        figures(Row(work=work, measured=cls.examples, unit="examples", measured_min=examples, note=note))


def outcome(act: Callable[[], object], *refusals: type[Exception]) -> Exception | None:
    """Act all or nothing, and return the refusal, if it was one of these."""
    start = transaction.savepoint()  # no atomic block: the act may want to open the outermost itself
    try:
        act()
    except refusals as refusal:
        transaction.set_rollback(False)
        transaction.savepoint_rollback(start)
        return refusal
    transaction.savepoint_commit(start)
    return None
