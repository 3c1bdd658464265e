// SPDX-License-Identifier: MIT
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Chipset;

/// <summary>The alarm of the RTC's interrupts.</summary>
internal sealed class RtcTimer : VirtualTimer
{
    private readonly Rtc _rtc;

    public RtcTimer(Rtc rtc)
    {
        _rtc = rtc;
    }

    public override void Fire(ulong now) => _rtc.Expire();
}
