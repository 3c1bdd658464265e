// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Runtime.InteropServices;

namespace Hypervisor.Tool.Emulation;

/// <summary>
/// What KVM offers to its guests, asked of KVM itself: the device node exists on many computers whose KVM does not
/// nest.
/// </summary>
/// <param name="Svm">AMD-V is offered.</param>
/// <param name="Vmx">VT-x is offered.</param>
/// <param name="Problem">Why KVM could not be asked; null where it answered.</param>
internal sealed record KvmCapabilities(bool Svm, bool Vmx, string? Problem)
{
    private const string Device = "/dev/kvm";

    /// <summary>The hypervisor can run in a guest of this KVM, with the one or the other.</summary>
    public bool Nests => Svm || Vmx;

    /// <summary>_IOWR(KVMIO, 0x05, struct kvm_cpuid2): linux/kvm.h.</summary>
    private const nuint GetSupportedCpuid = 0xc008ae05;

    private const int HeaderSize = 8;
    private const int EntrySize = 40;
    private const int EntryCount = 256;

    public static KvmCapabilities Query()
    {
        try
        {
            using FileStream device =
                new(Device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            byte[] table = new byte[HeaderSize + (EntryCount * EntrySize)];
            BitConverter.TryWriteBytes(table, EntryCount);
            int result = LibC.IoControl((int)device.SafeFileHandle.DangerousGetHandle(), GetSupportedCpuid, table);
            return result < 0
                ? new KvmCapabilities(false, false, $"KVM did not answer (error {Marshal.GetLastPInvokeError()})")
                : Parse(table);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new KvmCapabilities(false, false, $"{Device} cannot be opened ({error.Message})");
        }
    }

    /// <summary>
    /// Reads the answer: a count, padding, then entries {function, index, flags, eax, ebx, ecx, edx, padding}.
    /// </summary>
    internal static KvmCapabilities Parse(ReadOnlySpan<byte> table)
    {
        bool svm = false;
        bool vmx = false;
        int count = BitConverter.ToInt32(table);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = table.Slice(HeaderSize + (i * EntrySize), EntrySize);
            uint function = BitConverter.ToUInt32(entry);
            uint ecx = BitConverter.ToUInt32(entry[20..]);
            vmx |= function == 1 && (ecx & (1u << 5)) != 0;
            svm |= function == 0x80000001 && (ecx & (1u << 2)) != 0;
        }

        return new KvmCapabilities(svm, vmx, null);
    }
}
