// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Chipset;
using Hypervisor.Machine;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Unit.Virtualization;
using Hypervisor.Virtualization;

namespace Hypervisor.Unit.Machine;

/// <summary>VMs of one vCPU, without memory and board, that live until a test ends them.</summary>
internal sealed class FakeMachines : MachineFactory
{
    /// <summary>There is no memory for any.</summary>
    public bool AreRefused { get; set; }

    /// <summary>The host's clock; with one the VMs have a time and a vCPU that halts again and again.</summary>
    public HostClock? Clock { get; set; }

    /// <summary>The time of the last VM that was built.</summary>
    public MachineTime? Time { get; private set; }

    /// <summary>The board of the VMs, for those who count its accesses.</summary>
    public PcChipset? Chipset { get; set; }

    /// <summary>VMs that have vCPUs which do not leave by themselves.</summary>
    public bool AreSlowToLeave { get; set; }

    public override bool TryBuild(MachineSlot slot)
    {
        if (AreRefused)
        {
            return false;
        }

        FakeCpu cpu = Clock == null ? new FakeCpu() : new TestVm().Cpu;
        var clocks = new MachineClock[1];
        if (Clock != null)
        {
            Time = new MachineTime(Clock, 0, Clock.Frequency);
            Time.Freeze();
            clocks[0] = new MachineClock(Time, slot.Tasks[0], 4);
            cpu.Guest = static cpu => cpu.Exit = new VmExit { Kind = ExitKind.Halt, NextRip = TestVm.CodeAddress };
        }

        var machine = new VirtualMachine(slot, [cpu], clocks, Time!, Chipset!, null!, null!);
        slot.Window = new VmWindow(0, null!, null!);
        slot.Window.Life.Begin();
        slot.Attach(new VmReference<VirtualMachine>(machine, slot.Window.Life));
        return true;
    }

    public override void Launch(MachineSlot slot)
    {
        slot.Tasks[0].State = AreSlowToLeave ? SchedulableState.Waiting : SchedulableState.Finished;
        if (slot.WantsPause)
        {
            slot.Machine!.Pause();
        }
        else if (Clock != null)
        {
            slot.Machine!.Begin();
        }

        Log.Host($"{slot.Config.Name}: started");
    }

    public override void Reap(MachineSlot slot) => slot.Detach();

    /// <summary>The vCPU has left.</summary>
    public static void Leave(MachineSlot slot)
    {
        slot.Tasks[0].State = SchedulableState.Finished;
        slot.Tasks[0].Ended();
    }

    /// <summary>True once for each time that somebody has pressed the power button.</summary>
    public static bool TakePowerButton(MachineSlot slot) =>
        slot.Machine!.Cpus[0].TakeRequest(CpuRequests.MachineWork);
}
