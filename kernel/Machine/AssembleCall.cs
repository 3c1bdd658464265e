// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Chipset;
using Hypervisor.Machine.Config;
using Hypervisor.Machine.GuestLoader;
using Hypervisor.Machine.GuestTables;
using Hypervisor.Machine.Scheduling;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Runtime;
using Hypervisor.Virtualization;

namespace Hypervisor.Machine;

/// <summary>
/// The building of one VM, from its configuration to vCPUs that stand at the kernel's first instruction: memory, nested
/// tables, vCPUs, board, firmware tables, kernel. Everything is allocated from the VM's region.
/// </summary>
internal sealed class AssembleCall : ContainedCall
{
    private const int TimersPerCpu = 16;
    private const int PhysicalAddressBitsMaximum = 52;

    private readonly HostResources _host;
    private MachineSlot? _slot;
    private VmWindow? _window;
    private VmReference<GuestMap> _partialMap;
    private VmReference<VirtualMachine> _partialMachine;

    public AssembleCall(HostResources host)
    {
        _host = host;
    }

    /// <summary>The slot has its VM.</summary>
    public bool Succeeded { get; private set; }

    public FaultKind Run(MachineSlot slot, VmWindow window)
    {
        _slot = slot;
        _window = window;
        _partialMap = default;
        _partialMachine = default;
        Succeeded = false;
        return FaultBoundary.Run(this);
    }

    /// <summary>After a failure: gives back what a VM that never came to be had outside of its region.</summary>
    public void ReleasePartial()
    {
        if (_partialMachine.Target is { } machine)
        {
            machine.Release();
        }
        else
        {
            _partialMap.Target?.Free();
        }
    }

    public override void Invoke()
    {
        RegionScope scope = _window!.Region.Enter();
        string? error = Assemble(_slot!, _window!);
        if (error != null)
        {
            Log.Host($"{_slot!.Config.Name}: cannot start: {error}");
        }

        if (error == null)
        {
            // Only now: until here its vCPUs are not all there for whoever posts something to it.
            _slot!.Attach(_partialMachine);
            Succeeded = true;
        }

        scope.Leave();
    }

    /// <summary>Null, or the sentence that says what is missing.</summary>
    private string? Assemble(MachineSlot slot, VmWindow window)
    {
        slot.Window = window;
        foreach (VirtualCpuTask task in slot.Tasks)
        {
            if (task.Pin >= 0 && _host.Schedulers[task.Pin].Virtualization == null)
            {
                return "a processor that it is pinned to runs no guests";
            }
        }

        if (slot.Config.Memory > GuestCapacity.Of(_host.Frames))
        {
            return GuestCapacity.Shortage(_host.Frames, slot.Config.Memory);
        }

        GuestRange[] ranges = MemoryMap.RangesOf(slot.Config.Memory);
        foreach (GuestRange range in ranges)
        {
            if (!window.TryAddRam(range.Start, range.Length))
            {
                return "no memory is left for the tables of its window";
            }
        }

        GuestMap? map = _host.Vendor.TryCreateMap(window.NestedTables);
        if (map == null)
        {
            return "no memory is left for nested page tables";
        }

        _partialMap = new VmReference<GuestMap>(map, window.Life);
        if (!TryMapAll(map, window, ranges))
        {
            return "no memory is left for nested page tables";
        }

        FaultInjector.Pass(FaultSite.MachineBuild);
        GuestMemory memory = window.CreateMemory(ranges);
        VirtualMachine? machine = Construct(slot, window, map, memory);
        return machine == null ? "no memory is left for its processors" : Load(slot, machine, memory, ranges);
    }

    private static bool TryMapAll(GuestMap map, VmWindow window, GuestRange[] ranges)
    {
        foreach (GuestRange range in ranges)
        {
            ulong done = 0;
            while (done < range.Length)
            {
                GuestPhysical start = range.Start.Add(done);
                if (!window.TryTranslate(start, out HostPhysical frame, out ulong run))
                {
                    return false;
                }

                ulong length = Math.Min(run, range.Length - done);
                if (!map.Map(start, frame, length, GuestAccess.All))
                {
                    return false;
                }

                done += length;
            }
        }

        return true;
    }

    /// <summary>The board and its processors, joined.</summary>
    private VirtualMachine? Construct(MachineSlot slot, VmWindow window, GuestMap map, GuestMemory memory)
    {
        MachineTime time = CreateTime(slot.Config);
        int count = slot.Config.Cpus;
        var clocks = new MachineClock[count];
        for (int index = 0; index < count; index++)
        {
            clocks[index] = new MachineClock(time, slot.Tasks[index], TimersPerCpu);
        }

        RegisterPage[]? apicPages = TryTakePages(count, window.Slot);
        if (apicPages == null)
        {
            return null;
        }

        CpuidModel cpuid = CpuidModelBuilder.Build(
            _host.Vendor, new CpuidPolicy { CpuCount = count, TimestampFrequency = time.TimestampFrequency });
        var control = new MachineSwitch(slot);
        var chipset = new PcChipset(new PcChipsetParts(clocks[0], memory, control, slot.Console, apicPages)
        {
            CpuClocks = clocks,
            PhysicalAddressBits = Math.Min((int)(cpuid.Read(0x8000_0008).Eax & 0xFF), PhysicalAddressBitsMaximum),
            IsClockStable = true,
            HasDebugExit = _host.HasDebugExit,
        });
        var ports = new ChipsetPorts(chipset, control);
        var cpus = new VirtualCpu[count];
        var machine = new VirtualMachine(slot, cpus, clocks, time, chipset, map, _host.Frames);
        _partialMachine = new VmReference<VirtualMachine>(machine, window.Life);
        for (int index = 0; index < count; index++)
        {
            VirtualCpu? cpu = _host.Vendor.TryCreateCpu(index, map, cpuid, _host.Frames, window.Slot);
            if (cpu == null)
            {
                return null;
            }

            cpu.MachineName = slot.Config.Name;
            cpu.Ports = ports;
            cpu.Clock = clocks[index];
            cpu.Memory = memory;
            cpu.Task = slot.Tasks[index];
            Prepare(cpu, time, isAlone: count == 1);
            cpus[index] = cpu;
            chipset.Attach(cpu);
        }

        FaultInjector.Lend(chipset.Com1.Lock, window.Life);
        FaultInjector.Pass(FaultSite.MachineBuild);
        return machine;
    }

    private void Prepare(VirtualCpu cpu, MachineTime time, bool isAlone)
    {
        cpu.Processor = _host.Processor;
        if (time.IsTimestampScaled)
        {
            cpu.ScaleTimestamp(time.TimestampRatio);
        }

        if (!isAlone)
        {
            cpu.HaveSiblings();
        }
    }

    /// <summary>The registers of its local APICs; null where memory has run out.</summary>
    private RegisterPage[]? TryTakePages(int count, int owner)
    {
        var pages = new RegisterPage[count];
        for (int index = 0; index < count; index++)
        {
            if (!_host.Frames.TryAllocateFrame(FrameKind.Region, owner, out HostPhysical frame))
            {
                return null;
            }

            pages[index] = new RegisterPage(frame);
        }

        return pages;
    }

    /// <summary>The VM's time, which stands still until it begins.</summary>
    private MachineTime CreateTime(VmConfig config)
    {
        const ulong HertzPerKilohertz = 1000;
        HostClock host = _host.Clock;
        ulong frequency = config.TimestampKilohertz == 0
            ? host.Frequency
            : (ulong)config.TimestampKilohertz * HertzPerKilohertz;
        var time = new MachineTime(host, _host.UnixSecondsAtStart + (host.Now / 1_000_000_000), frequency);
        time.Freeze();
        if (time.IsTimestampScaled)
        {
            string way = _host.Vendor.CanScaleTimestamp(time.TimestampRatio)
                ? "scaled by the processor"
                : "every RDTSC leaves the guest";
            Log.Host($"{config.Name}: its TSC has {config.TimestampKilohertz} kHz: {way}");
        }

        return time;
    }

    private string? Load(MachineSlot slot, VirtualMachine machine, GuestMemory memory, GuestRange[] ranges)
    {
        ModuleImage? kernel = _host.FindFile(slot.Config.Kernel);
        if (kernel == null)
        {
            return "its kernel is not on the medium";
        }

        if (!AcpiTables.TryWrite(memory, slot.Config.Cpus))
        {
            return "its memory has no room for the firmware's tables";
        }

        var request = new BootRequest(kernel, memory, MemoryMap.Build(ranges))
        {
            CommandLine = slot.Config.CommandLine,
            Initrd = slot.Config.Initrd == null ? null : _host.FindFile(slot.Config.Initrd),
            InitrdName = slot.Config.Initrd ?? string.Empty,
            Rsdp = AcpiTables.Rsdp,
        };
        LoadResult result = GuestImageLoader.Load(request);
        if (result.Error == null)
        {
            foreach (VirtualCpu cpu in machine.Cpus)
            {
                cpu.Reset();
                cpu.Activity = cpu.Index == 0 ? CpuActivity.Active : CpuActivity.WaitForSipi;
            }

            result.State.ApplyTo(machine.Cpus[0]);
            FaultInjector.Pass(FaultSite.MachineBuild);
        }

        return result.Error;
    }
}
