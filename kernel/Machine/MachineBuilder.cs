// SPDX-License-Identifier: MIT
using Hypervisor.Machine.Scheduling;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Runtime;

namespace Hypervisor.Machine;

/// <summary>
/// Gives a slot a VM that is ready to run, in a window of its own, behind a fault boundary: what goes wrong while it is
/// built costs the window and nothing else.
/// </summary>
public sealed class MachineBuilder : MachineFactory
{
    /// <summary>What is left for objects of faults after the VM has started, in bytes.</summary>
    private const ulong Reserve = 4096;

    private readonly HostResources _host;
    private readonly AssembleCall _assemble;

    public MachineBuilder(HostResources host)
    {
        _host = host;
        _assemble = new AssembleCall(host);
    }

    public override bool TryBuild(MachineSlot slot)
    {
        if (!_host.Windows.TryTake(out VmWindow window))
        {
            Log.Host($"{slot.Config.Name}: cannot start: all {KernelLayout.WindowCount} VM slots are taken");
            return false;
        }

        FaultKind fault = _assemble.Run(slot, window);
        if (fault == FaultKind.None && _assemble.Succeeded)
        {
            window.Region.Seal(Reserve);
            return true;
        }

        if (fault != FaultKind.None)
        {
            slot.Report.Record(fault, null, FaultTrace.Last);
            slot.Crashes++;
            CrashText.Write(slot);
        }

        _assemble.ReleasePartial();
        slot.Detach();
        _ = window.Destroy();
        return false;
    }

    public override void Launch(MachineSlot slot)
    {
        if (slot.WantsPause)
        {
            slot.Machine!.Pause();
        }
        else
        {
            slot.Machine!.Begin();
        }

        foreach (VirtualCpuTask task in slot.Tasks)
        {
            task.Start(_host.Schedulers);
        }

        string what = slot.WantsPause ? "created" : "started";
        Log.Host($"{slot.Config.Name}: {what}, {slot.Config.Memory >> 20} MiB, {slot.Config.Cpus} cpu");
    }

    public override void Reap(MachineSlot slot) => MachineReaper.Reap(slot);
}
