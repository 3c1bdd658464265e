// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Devices.Chipset;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization;

namespace Hypervisor.Machine;

/// <summary>
/// One life of a VM: its vCPUs, its board and its memory, all in the VM's own region. The slot names it from outside.
/// </summary>
public sealed class VirtualMachine
{
    /// <summary>Timers fired for one slice at the most: a guest cannot keep the processor with timers alone.</summary>
    private const int TimersPerSlice = 32;

    private readonly MachineSlot _slot;
    private readonly MachineClock[] _clocks;
    private readonly MachineTime _time;
    private readonly PcChipset _chipset;
    private readonly GuestMap _map;
    private readonly FrameAllocator _frames;
    private readonly bool[] _rests;
    private int _resting;
    private int _isFrozen;
    private int _work;

    internal VirtualMachine(
        MachineSlot slot,
        VirtualCpu[] cpus,
        MachineClock[] clocks,
        MachineTime time,
        PcChipset chipset,
        GuestMap map,
        FrameAllocator frames)
    {
        _slot = slot;
        Cpus = cpus;
        _clocks = clocks;
        _time = time;
        _chipset = chipset;
        _map = map;
        _frames = frames;
        _rests = new bool[cpus.Length];
    }

    public VirtualCpu[] Cpus { get; }

    public PcChipset Chipset => _chipset;

    /// <summary>The guest's shared address space, for its counters.</summary>
    public GuestMap Map => _map;

    /// <summary>Its vCPUs are at rest and its time stands still: <see cref="Resume"/> may follow.</summary>
    internal bool IsFrozen => Volatile.Read(ref _isFrozen) != 0;

    /// <summary>No vCPU is at rest for a pause: the next one may begin.</summary>
    internal bool IsAwake => Volatile.Read(ref _resting) == 0;

    /// <summary>Asks for work in the VM's context. Callable from any processor and from interrupts.</summary>
    public void Post(MachineWork work)
    {
        _ = Interlocked.Or(ref _work, (int)work);
        Cpus[0].Request(CpuRequests.MachineWork);
    }

    /// <summary>
    /// Runs a vCPU until its time is up, it waits, or the VM ends: what is due first, then the guest. Called by the
    /// vCPU's task within the VM's fault boundary.
    /// </summary>
    internal SliceOutcome Serve(int index)
    {
        VirtualCpu cpu = Cpus[index];
        FaultInjector.Serve(_slot.Tasks[index]);
        SliceOutcome outcome;
        do
        {
            if (MustRest(cpu))
            {
                return SliceOutcome.Wait;
            }

            if (cpu.TakeRequest(CpuRequests.TimerDue))
            {
                _clocks[index].FireDue(TimersPerSlice);
            }

            if (cpu.TakeRequest(CpuRequests.MachineWork))
            {
                DoWork((MachineWork)Interlocked.Exchange(ref _work, 0));
            }

            outcome = RunLoop.RunSlice(cpu);
        }
        while (outcome == SliceOutcome.Preempted && !Processor.Current.NeedsReschedule);

        if (outcome == SliceOutcome.Finished && cpu.Stop.Reason != null)
        {
            _slot.StopWithReason(cpu);
        }

        if (outcome == SliceOutcome.Wait)
        {
            // Where a pause is why: it has come to rest now.
            _ = MustRest(cpu);
        }

        return outcome;
    }

    /// <summary>Gives back what lies outside the region: address-space numbers and nested tables.</summary>
    internal void Release()
    {
        foreach (VirtualCpu? cpu in Cpus)
        {
            cpu?.Free(_frames);
        }

        foreach (Devices.Chipset.LocalApic apic in _chipset.LocalApics)
        {
            _ = _frames.FreeFrame(apic.Page.Address);
        }

        _map.Free();
    }

    /// <summary>
    /// Starts the VM's time; the vCPUs have not been entered yet. Each looks at its timers: those that were armed
    /// before have their alarms from another time.
    /// </summary>
    internal void Begin()
    {
        _time.Thaw();
        foreach (VirtualCpu cpu in Cpus)
        {
            cpu.ClockOffset = _time.TimestampOffset;
            cpu.Request(CpuRequests.TimerDue);
        }
    }

    /// <summary>
    /// Has every vCPU come to rest before its next entry; the last one stops the VM's time. Asked only while all of
    /// them are awake.
    /// </summary>
    internal void Pause()
    {
        foreach (VirtualCpu cpu in Cpus)
        {
            cpu.Request(CpuRequests.Pause);
        }
    }

    /// <summary>Lets a VM go on that is frozen. Each vCPU looks at the clock anew before it enters its guest.</summary>
    internal void Resume()
    {
        Volatile.Write(ref _isFrozen, 0);
        _time.Thaw();
        foreach (VirtualCpu cpu in Cpus)
        {
            cpu.Resume();
        }
    }

    /// <summary>
    /// True while a pause holds the vCPU back, in its own context. What is due for its devices waits as well: their
    /// time stands still.
    /// </summary>
    private bool MustRest(VirtualCpu cpu)
    {
        bool mustRest = (cpu.Requests & (CpuRequests.Pause | CpuRequests.Die)) == CpuRequests.Pause;
        if (mustRest != _rests[cpu.Index])
        {
            _rests[cpu.Index] = mustRest;
            if (mustRest)
            {
                Rest();
            }
            else
            {
                GoOn(cpu);
            }
        }

        return mustRest;
    }

    private void Rest()
    {
        if (Interlocked.Increment(ref _resting) == Cpus.Length)
        {
            _time.Freeze();
            Volatile.Write(ref _isFrozen, 1);
            _slot.Post(MachineEvents.CpuPaused);
        }
    }

    private void GoOn(VirtualCpu cpu)
    {
        cpu.ClockOffset = _time.TimestampOffset;
        cpu.Request(CpuRequests.TimerDue);
        if (Interlocked.Decrement(ref _resting) == 0)
        {
            _slot.Post(MachineEvents.CpuPaused);
        }
    }

    private void DoWork(MachineWork work)
    {
        FaultInjector.Pass(FaultSite.MachineWork);
        if ((work & MachineWork.ConsoleInput) != 0)
        {
            _chipset.Com1.InputAvailable();
        }

        if ((work & MachineWork.PowerButton) != 0)
        {
            _chipset.Pm.PressPowerButton();
        }
    }
}
