import pytest

from ferrybook.money import Money
from ferrybook.payments import Declined, GatewayDown, Payments

from tests.support.gateway import REASONS, Sandbox
from tests.support.lag import LAG

pytestmark = [pytest.mark.integration, pytest.mark.network]

CARD = "4242 4242"


@pytest.fixture(scope="module")
def sandbox():
    """Opening an account in the sandbox takes a while, closing it a little."""
    LAG.pause(0.7, 0.1)
    sandbox = Sandbox()
    yield sandbox
    LAG.pause(0.25, 0.1)


@pytest.fixture
def payments(sandbox):
    sandbox.reset()
    return Payments(sandbox)


@pytest.fixture
def captured(payments):
    payment = payments.authorise(CARD, Money.of("88.80"))
    payments.capture(payment)
    return payment


@pytest.mark.parametrize(("amount", "currency"), [("24.00", "EUR"), ("268.80", "SEK"), ("179.00", "DKK"), ("103.20", "PLN")])
def test_authorising_in_every_currency(payments, sandbox, amount, currency):
    payment = payments.authorise(CARD, Money.of(amount, currency))
    assert sandbox.payments[payment]["currency"] == currency


@pytest.mark.parametrize("card", sorted(REASONS), ids=lambda card: REASONS[card].replace("card ", ""))
def test_the_reason_of_a_refusal_is_passed_on(payments, card):
    with pytest.raises(Declined, match=REASONS[card]):
        payments.authorise(card, Money.of("24.00"))


@pytest.mark.parametrize("amount", ["0.00", "-5.00"])
def test_nothing_to_pay_never_reaches_the_gateway(payments, sandbox, amount):
    with pytest.raises(ValueError, match="nothing to pay"):
        payments.authorise(CARD, Money.of(amount))
    assert sandbox.calls == []


def test_capturing_twice_is_harmless(payments, captured):
    assert payments.capture(captured) == {"status": "captured"}


@pytest.mark.parametrize(("amounts", "last"), [(["88.80"], "refunded"), (["40.00"], "partly refunded"), (["40.00", "48.80"], "refunded"), (["40.00", "50.00"], "refused")], ids=["all", "a part", "in two parts", "too much"])
def test_refunds(payments, captured, amounts, last):
    statuses = [payments.refund(captured, Money.of(a))["status"] for a in amounts]
    assert statuses[-1] == last


def test_no_refund_of_what_was_never_captured(payments):
    payment = payments.authorise(CARD, Money.of("24.00"))
    assert payments.refund(payment, Money.of("24.00")) == {"status": "refused"}


@pytest.mark.parametrize("failures", [1, 2])
def test_a_short_outage_is_sat_out(payments, sandbox, failures):
    sandbox.down_for = failures
    assert payments.authorise(CARD, Money.of("24.00"))
    assert sandbox.calls == ["authorise"] * (failures + 1)


def test_a_long_outage_is_reported(payments, sandbox, caplog):
    sandbox.down_for = 5
    with pytest.raises(GatewayDown):
        payments.authorise(CARD, Money.of("24.00"))
    assert [r.message.split(":")[0] for r in caplog.records] == [f"gateway down at attempt {n} of 3" for n in (1, 2, 3)]


@pytest.mark.slow
@pytest.mark.timeout(5)
def test_a_slow_bank_is_waited_for(payments, sandbox):
    """The bank's own limit is 5 s; its sandbox uses most of it."""
    sandbox.hangs = 3.4
    assert payments.authorise(CARD, Money.of("24.00"))


@pytest.mark.slow
@pytest.mark.timeout(2)
@pytest.mark.flaky(reruns=0)
def test_a_hanging_gateway_is_given_up(payments, sandbox):
    """Should give up by itself, and does not: `Payments` knows no limit of time."""
    sandbox.hangs = 30
    with pytest.raises(GatewayDown, match="no answer"):
        payments.authorise(CARD, Money.of("24.00"))


@pytest.mark.slow
def test_the_evening_batch_is_captured(payments):
    batch = [payments.authorise(CARD, Money.of("24.00")) for _ in range(7)]
    assert {payments.capture(payment)["status"] for payment in batch} == {"captured"}
