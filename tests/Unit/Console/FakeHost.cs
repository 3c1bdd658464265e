// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Hypervisor.Console;
using Hypervisor.Platform;

namespace Hypervisor.Unit.Console;

/// <summary>A machine that does not end.</summary>
internal sealed class FakeHost : HostControls
{
    public List<string> Asked { get; } = [];

    public PowerRequest End { get; set; }

    public ulong Time { get; set; }

    public ulong Alarm { get; private set; }

    public override ulong Now => Time;

    public override void WakeAt(ulong moment) => Alarm = moment;

    public override PowerRequest TakeAsked()
    {
        PowerRequest end = End;
        End = PowerRequest.None;
        return end;
    }

    public override void Describe(RecordWriter records) => records.Text("version", "1.2");

    public override void Count(RecordWriter records) => records.Number("switches", 7);

    public override void CountMemory(RecordWriter records) => records.Size("free", 1536UL << 20);

    public override void PowerOff() => Asked.Add("poweroff");

    public override void Reboot() => Asked.Add("reboot");
}
