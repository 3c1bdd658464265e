// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>What CPUID tells the guests of one VM: a table that is computed when the VM is built.</summary>
public sealed class CpuidModel
{
    private const uint OsxsaveBit = 1 << 27;
    private const uint OspkeBit = 1 << 4;
    private const int ApicIdShift = 24;
    private const uint AmdSignature = 0x444D_4163;
    private const uint HygonSignature = 0x656E_6975;
    private const uint FastFxsaveBit = 1 << 25;
    private const int RangeCount = 3;
    private const int LeavesPerRange = 64;
    private const int Absent = -1;

    private readonly CpuidEntry[] _entries;

    /// <summary>By range (0, 4000_0000h, 8000_0000h) and leaf: the index of the leaf's first row.</summary>
    private readonly short[] _first = new short[RangeCount * LeavesPerRange];

    /// <summary>The rows, those of one leaf next to each other.</summary>
    public CpuidModel(ReadOnlySpan<CpuidEntry> entries)
    {
        _entries = entries.ToArray();
        Array.Fill(_first, (short)Absent);
        for (int index = _entries.Length - 1; index >= 0; index--)
        {
            int slot = SlotOf(_entries[index].Leaf);
            _first[slot] = (short)index;
        }

        CpuidResult features = Read(1);
        CpuidResult extended = Read(0x8000_0001);
        Signature = features.Eax;
        IsAmd = Read(0).Ecx is AmdSignature or HygonSignature;
        HasFastFxsave = (extended.Edx & FastFxsaveBit) != 0;
        PhysicalMask = (1UL << (byte)Math.Clamp(Read(0x8000_0008).Eax & 0xFF, 36, 52)) - 1;
        AllowedCr4 = FindAllowedCr4(in features, Read(7));
    }

    /// <summary>The guest believes to run on a processor of AMD.</summary>
    public bool IsAmd { get; }

    public bool HasFastFxsave { get; }

    /// <summary>The bits that a physical address may have.</summary>
    public ulong PhysicalMask { get; }

    /// <summary>The bits of CR4 that the guest may set, by the features that it is told of.</summary>
    public ulong AllowedCr4 { get; }

    /// <summary>Family, model and stepping: what EDX holds after reset.</summary>
    public uint Signature { get; }

    /// <summary>The rows, for reports and tests.</summary>
    public ReadOnlySpan<CpuidEntry> Entries => _entries;

    /// <summary>
    /// Executes CPUID for a vCPU: EAX and ECX in, four registers out. What is not in the table reads as zeros.
    /// </summary>
    public void Execute(VirtualCpu cpu)
    {
        uint leaf = (uint)cpu.Registers.Rax;
        int row = _first[SlotOf(leaf)];
        CpuidEntry[] entries = _entries;
        if ((uint)row < (uint)entries.Length && entries[row].Leaf == leaf && !entries[row].HasSubleaves)
        {
            Answer(cpu, in entries[row]);
        }
        else
        {
            ExecuteSubleaf(cpu, leaf);
        }
    }

    private void ExecuteSubleaf(VirtualCpu cpu, uint leaf)
    {
        if (TryFind(leaf, (uint)cpu.Registers.Rcx, out int row))
        {
            Answer(cpu, in _entries[row]);
        }
        else
        {
            Answer(cpu, default);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Answer(VirtualCpu cpu, in CpuidEntry entry)
    {
        ref GuestRegisters registers = ref cpu.Registers;
        registers.Rax = entry.Result.Eax;
        registers.Rbx = entry.Result.Ebx;
        registers.Rcx = entry.Result.Ecx;
        registers.Rdx = entry.Result.Edx;
        if (entry.Variable == CpuidVariable.Features)
        {
            ApplyFeatures(cpu);
        }
        else if (entry.Variable != CpuidVariable.None)
        {
            ApplyVariable(cpu, entry.Variable);
        }
    }

    private static void ApplyFeatures(VirtualCpu cpu)
    {
        ref GuestRegisters registers = ref cpu.Registers;
        registers.Rbx |= (uint)cpu.Index << ApicIdShift;
        registers.Rcx |= new Cr4(cpu.ReadState(StateRegister.Cr4)).XsaveEnable ? OsxsaveBit : 0;
    }

    /// <summary>The fixed part of a leaf, zeros where there is none.</summary>
    public CpuidResult Read(uint leaf, uint subleaf = 0) =>
        TryFind(leaf, subleaf, out int row) ? _entries[row].Result : default;

    private static ulong FindAllowedCr4(in CpuidResult features, in CpuidResult structured) =>
        new Cr4
        {
            VirtualModeExtensions = Bit(features.Edx, 1),
            ProtectedVirtualInterrupts = Bit(features.Edx, 1),
            TimestampDisable = true,
            DebuggingExtensions = Bit(features.Edx, 2),
            PageSizeExtensions = Bit(features.Edx, 3),
            PhysicalAddressExtension = Bit(features.Edx, 6),
            MachineCheckEnable = Bit(features.Edx, 7),
            PageGlobalEnable = Bit(features.Edx, 13),
            PerformanceCounterEnable = true,
            FxsaveEnable = Bit(features.Edx, 24),
            SimdExceptionsEnable = Bit(features.Edx, 25),
            UserInstructionPrevention = Bit(structured.Ecx, 2),
            FsGsBaseEnable = Bit(structured.Ebx, 0),
            ProcessContextEnable = Bit(features.Ecx, 17),
            XsaveEnable = Bit(features.Ecx, 26),
            SupervisorExecutionPrevention = Bit(structured.Ebx, 7),
            SupervisorAccessPrevention = Bit(structured.Ebx, 20),
            ProtectionKeysEnable = Bit(structured.Ecx, 3),
        }.Value;

    private static bool Bit(uint value, int bit) => ((value >> bit) & 1) != 0;

    /// <summary>
    /// The slot of a leaf; leaves beyond the ranges share the last one, whose rows are compared anyway.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SlotOf(uint leaf)
    {
        if (leaf < LeavesPerRange)
        {
            return (int)leaf;
        }

        uint range = leaf >= 0x8000_0000 ? 2u : leaf >= 0x4000_0000 ? 1u : 0u;
        uint offset = leaf & 0x3FFF_FFFF;
        return (int)((range * LeavesPerRange) + (offset < LeavesPerRange ? offset : LeavesPerRange - 1));
    }

    private bool TryFind(uint leaf, uint subleaf, out int row)
    {
        row = _first[SlotOf(leaf)];
        if (row < 0)
        {
            return false;
        }

        while (row < _entries.Length && _entries[row].Leaf == leaf)
        {
            if (!_entries[row].HasSubleaves || _entries[row].Subleaf == subleaf)
            {
                return true;
            }

            row++;
        }

        return false;
    }

    private static void ApplyVariable(VirtualCpu cpu, CpuidVariable variable)
    {
        ref GuestRegisters registers = ref cpu.Registers;
        uint apicId = (uint)cpu.Index;
        switch (variable)
        {
            case CpuidVariable.StructuredFeatures:
                registers.Rcx |= new Cr4(cpu.ReadState(StateRegister.Cr4)).ProtectionKeysEnable ? OspkeBit : 0;
                break;
            case CpuidVariable.StateSize:
                registers.Rbx = cpu.Vendor.ExtendedState.StandardSize(cpu.Xcr0);
                break;
            case CpuidVariable.CompactedSize:
                registers.Rbx = cpu.Vendor.ExtendedState.CompactedSize(cpu.Xcr0);
                break;
            case CpuidVariable.Topology:
                registers.Rdx = apicId;
                break;
            default:
                registers.Rax = apicId;
                registers.Rbx |= apicId;
                break;
        }
    }
}
