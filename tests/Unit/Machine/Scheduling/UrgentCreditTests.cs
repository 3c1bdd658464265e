// SPDX-License-Identifier: MIT
using Hypervisor.Machine.Scheduling;
using Xunit;

namespace Hypervisor.Unit.Machine.Scheduling;

public sealed class UrgentCreditTests
{
    private const ulong Start = 1000;

    private readonly UrgentCredit _credit = new();

    public UrgentCreditTests()
    {
        _credit.Spend(Start, (ulong)UrgentCredit.Most + 5);
    }

    [Fact]
    public void AQuarterOfTheTime_IsEarned()
    {
        Assert.False(_credit.IsLeft(Start + (5 * UrgentCredit.Part)));
        Assert.True(_credit.IsLeft(Start + (6 * UrgentCredit.Part)));
    }

    [Fact]
    public void AClockThatIsALittleBehind_EarnsNothing()
    {
        Assert.False(_credit.IsLeft(Start - 1));
        _credit.Spend(Start - 1, 1);
        Assert.False(_credit.IsLeft(Start + (6 * UrgentCredit.Part)));
        Assert.True(_credit.IsLeft(Start + (7 * UrgentCredit.Part)));
    }
}
