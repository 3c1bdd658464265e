// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Bus;
using Hypervisor.Devices.Paravirtual;
using Hypervisor.Devices.Pci;
using Hypervisor.Memory;
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// The PC around the vCPUs: every device with its wires, and the doors that exits come through. The order of the
/// constructor is the order of the wires, controllers first.
/// </summary>
public sealed class PcChipset
{
    private readonly LocalApic[] _localApics;
    private readonly KvmHypercalls _hypercalls = new();

    /// <summary>Everything on a bus, in the order in which a reset reaches it: sources before controllers.</summary>
    private readonly Device[] _devices;
    private int _deviceCount;

    public PcChipset(PcChipsetParts parts)
    {
        _devices = new Device[16];
        Apics = new ApicBus(parts.CpuCount);
        _localApics = new LocalApic[parts.CpuCount];
        for (int index = 0; index < parts.CpuCount; index++)
        {
            VirtualClock clock = parts.CpuClocks is null ? parts.Clock : parts.CpuClocks[index];
            _localApics[index] = new LocalApic(
                Apics, (uint)index, clock, parts.PhysicalAddressBits, parts.ApicPages[index]);
        }

        Pic = new Pic8259Pair(new IntrLine(Apics));
        Apics.Connect(Pic);
        IoApic = new IoApic(Apics);
        Lines = new IsaLines(Pic, IoApic);
        Kvm = new KvmInterface(parts.CpuCount, parts.Memory, parts.Clock, parts.IsClockStable);

        Pit = new Pit8254(parts.Clock, Lines.OfIsa(PcLayout.TimerIrq));
        Rtc = new Rtc(parts.Clock, Lines.OfIsa(PcLayout.RtcIrq));
        Pm = new AcpiPm(parts.Clock, Lines[PcLayout.SciIrq], parts.Control);
        Com1 = new Uart16550("com1", parts.Com1, Lines.OfIsa(PcLayout.Com1Irq));
        Com2 = parts.Com2 is null ? null : new Uart16550("com2", parts.Com2, Lines.OfIsa(PcLayout.Com2Irq));

        AddTimers();
        AddSerialPorts();
        AddSystemControl(parts);
        AddPci(parts);
        AddInterruptControllers();
    }

    public PortBus Ports { get; } = new();

    public MmioBus Mmio { get; } = new();

    public ApicBus Apics { get; }

    /// <summary>The local APICs by vCPU.</summary>
    public ReadOnlySpan<LocalApic> LocalApics => _localApics;

    public IoApic IoApic { get; }

    public Pic8259Pair Pic { get; }

    public IsaLines Lines { get; }

    public Pit8254 Pit { get; }

    public Rtc Rtc { get; }

    public AcpiPm Pm { get; }

    public Uart16550 Com1 { get; }

    public Uart16550? Com2 { get; }

    public PciBus Pci { get; } = new();

    public KvmInterface Kvm { get; }

    /// <summary>Joins a vCPU to its local APIC; before its first entry.</summary>
    public void Attach(VirtualCpu cpu)
    {
        LocalApic apic = _localApics[cpu.Index];
        apic.Attach(cpu);
        Kvm.Attach(cpu);
        cpu.Interrupts = apic;
    }

    /// <summary>Reads device memory as the vCPU sees it: its own local APIC first, then the bus.</summary>
    public ulong ReadMmio(int cpu, GuestPhysical address, int size)
    {
        LocalApic apic = _localApics[cpu];
        ulong offset = address.Value - apic.BaseAddress;
        return offset < PcLayout.LocalApicLength && apic.IsPageEnabled
            ? apic.Read(offset) & AllOnes.OfSize(size)
            : Mmio.Read(address, size);
    }

    public void WriteMmio(int cpu, GuestPhysical address, int size, ulong value)
    {
        LocalApic apic = _localApics[cpu];
        ulong offset = address.Value - apic.BaseAddress;
        if (offset < PcLayout.LocalApicLength && apic.IsPageEnabled)
        {
            apic.Write(offset, size, (uint)value);
        }
        else
        {
            Mmio.Write(address, size, value);
        }
    }

    /// <summary>Reads an MSR of the local APIC or of the paravirtual interface; false means #GP.</summary>
    public bool TryReadMsr(int cpu, uint index, out ulong value)
    {
        if (IsApicMsr(index))
        {
            return _localApics[cpu].TryReadMsr(index, out value);
        }

        return Kvm.TryReadMsr(cpu, index, out value);
    }

    public bool TryWriteMsr(int cpu, uint index, ulong value) =>
        IsApicMsr(index) ? _localApics[cpu].TryWriteMsr(index, value) : Kvm.TryWriteMsr(cpu, index, value);

    public ulong Hypercall(VirtualCpu cpu, ulong number, ulong a0, ulong a1, ulong a2, ulong a3) =>
        _hypercalls.Call(cpu, number, a0, a1, a2, a3);

    /// <summary>The board's reset line, while no vCPU runs: every device goes to its state after power-on.</summary>
    public void Reset()
    {
        for (int index = 0; index < _deviceCount; index++)
        {
            Device device = _devices[index];
            device.Lock.Acquire();
            device.Reset();
            device.Lock.Release();
        }

        Pci.Reset();
        for (int index = 0; index < _localApics.Length; index++)
        {
            _localApics[index].Reset();
        }

        Kvm.Reset();
    }

    private static bool IsApicMsr(uint index) =>
        index is LocalApic.BaseMsrIndex or LocalApic.TscDeadlineMsrIndex
        || index - LocalApic.FirstX2ApicMsrIndex < LocalApic.X2ApicMsrCount;

    private void AddTimers()
    {
        AddPorts(Pit, PcLayout.PitPort, 4);
        _ = Ports.Add(Pit, PcLayout.SystemControlBPort, 1, deviceOffset: 4);
        AddPorts(Rtc, PcLayout.RtcPort, 2);
        AddPorts(Pm, PcLayout.Pm1EventPort, AcpiPm.PortCount);
    }

    private void AddSerialPorts()
    {
        AddPorts(Com1, PcLayout.Com1Port, 8);
        if (Com2 is not null)
        {
            AddPorts(Com2, PcLayout.Com2Port, 8);
        }
    }

    private void AddSystemControl(PcChipsetParts parts)
    {
        var keyboard = new KeyboardController(parts.Control);
        AddPorts(keyboard, PcLayout.KeyboardDataPort, 1);
        _ = Ports.Add(keyboard, PcLayout.KeyboardStatusPort, 1, deviceOffset: 1);
        AddPorts(new SystemControlA(parts.Control), PcLayout.SystemControlAPort, 1);
        AddPorts(new ScratchPorts(), PcLayout.DelayPort, 1 + PcLayout.DmaPagePortCount);
        if (parts.HasDebugExit)
        {
            AddPorts(new DebugExit(parts.Control), PcLayout.DebugExitPort, DebugExit.PortCount);
        }
    }

    private void AddPci(PcChipsetParts parts)
    {
        var resetControl = new ResetControl(parts.Control);
        _devices[_deviceCount++] = resetControl;
        AddPorts(new PciConfigPorts(Pci, resetControl), PcLayout.PciConfigAddressPort, PciConfigPorts.PortCount);
        _ = Mmio.Add(new PciEcam(Pci), new GuestPhysical(PcLayout.EcamBase), PcLayout.EcamLength);
        Pci.Add(0, 0, new HostBridge());
    }

    private void AddInterruptControllers()
    {
        AddPorts(Pic, PcLayout.MasterPicPort, 2);
        _ = Ports.Add(Pic, PcLayout.SlavePicPort, 2, deviceOffset: 2);
        _ = Ports.Add(Pic, PcLayout.PicEdgeLevelPort, 2, deviceOffset: 4);
        _ = Mmio.Add(IoApic, new GuestPhysical(PcLayout.IoApicBase), PcLayout.IoApicLength);
        _devices[_deviceCount++] = IoApic;
    }

    private void AddPorts(Device device, ushort first, int count)
    {
        _ = Ports.Add(device, first, count);
        _devices[_deviceCount++] = device;
    }
}
