// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Memory;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// One vCPU's virtual machine control structure. Its fields are reached by VMREAD and VMWRITE with the width that a
/// field has (SDM volume 3, 25.11), in place where it is the current VMCS of the processor, which it is during the
/// vCPU's slices. Elsewhere it is loaded for the moment, interrupts off, so that a host task may build a vCPU on any
/// processor.
/// </summary>
internal sealed class Vmcs
{
    private readonly ulong _address;
    private VmxProcessor? _processor;

    /// <summary>Prepares the frame as a VMCS that is loaded nowhere (SDM volume 3, 25.2).</summary>
    public Vmcs(HostPhysical frame, uint revision)
    {
        _address = frame.Value;
        var page = new TablePage(frame);
        page.Clear();
        page[0] = revision;
        VmxInstructions.Clear(_address);
    }

    /// <summary>Where it lies in the machine's memory.</summary>
    public HostPhysical Frame => new(_address);

    private bool IsCurrent
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _processor is { } processor && processor.CurrentVmcs == _address;
    }

    /// <summary>
    /// Makes it the current VMCS of the processor that runs this, which is <paramref name="processor"/>.
    /// </summary>
    public void MakeCurrent(VmxProcessor processor)
    {
        VmxInstructions.Load(_address);
        processor.CurrentVmcs = _address;
        _processor = processor;
    }

    /// <summary>
    /// Takes it out of the processor that runs this, which is the one that has it: it may be loaded on another one
    /// then, or its frame used for something else (SDM volume 3, 25.11.1). The next entry is by VMLAUNCH.
    /// </summary>
    public void Clear()
    {
        if (_processor is { } processor)
        {
            VmxInstructions.Clear(_address);
            if (processor.CurrentVmcs == _address)
            {
                processor.CurrentVmcs = VmxInstructions.NoPointer;
            }

            _processor = null;
        }
    }

    /// <summary>A field of the current VMCS, for code that runs in a slice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ReadCurrent(VmcsField32 field) => (uint)VmxInstructions.ReadField((uint)field);

    /// <summary>A field of the current VMCS, for code that runs in a slice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadCurrent(VmcsField64 field) => VmxInstructions.ReadField((uint)field);

    /// <summary>A field of the current VMCS, for code that runs in a slice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadCurrent(VmcsFieldNatural field) => VmxInstructions.ReadField((uint)field);

    public ushort Read(VmcsField16 field) => (ushort)ReadAny((uint)field);

    public uint Read(VmcsField32 field) => (uint)ReadAny((uint)field);

    public ulong Read(VmcsField64 field) => ReadAny((uint)field);

    public ulong Read(VmcsFieldNatural field) => ReadAny((uint)field);

    public void Write(VmcsField16 field, ushort value) => WriteAny((uint)field, value);

    public void Write(VmcsField32 field, uint value) => WriteAny((uint)field, value);

    public void Write(VmcsField64 field, ulong value) => WriteAny((uint)field, value);

    public void Write(VmcsFieldNatural field, ulong value) => WriteAny((uint)field, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ReadAny(uint field) => IsCurrent ? VmxInstructions.ReadField(field) : ReadElsewhere(field);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteAny(uint field, ulong value)
    {
        if (IsCurrent)
        {
            VmxInstructions.WriteField(field, value);
        }
        else
        {
            WriteElsewhere(field, value);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ReadElsewhere(uint field)
    {
        bool wereEnabled = Borrow(out ulong previous);
        ulong value = VmxInstructions.ReadField(field);
        GiveBack(previous, wereEnabled);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteElsewhere(uint field, ulong value)
    {
        bool wereEnabled = Borrow(out ulong previous);
        VmxInstructions.WriteField(field, value);
        GiveBack(previous, wereEnabled);
    }

    private bool Borrow(out ulong previous)
    {
        bool wereEnabled = Instructions.SaveAndDisableInterrupts();
        previous = VmxInstructions.CurrentPointer();
        VmxInstructions.Load(_address);
        return wereEnabled;
    }

    /// <summary>One that no processor has is written back, so that any processor may load it.</summary>
    private void GiveBack(ulong previous, bool wereEnabled)
    {
        if (_processor == null)
        {
            VmxInstructions.Clear(_address);
        }

        if (previous != VmxInstructions.NoPointer && previous != _address)
        {
            VmxInstructions.Load(previous);
        }

        Instructions.RestoreInterrupts(wereEnabled);
    }
}
