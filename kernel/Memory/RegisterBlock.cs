// SPDX-License-Identifier: MIT
using System;
using System.Threading;

namespace Hypervisor.Memory;

/// <summary>
/// The registers of a real device in memory: every access is a single volatile one of the width that is asked for, and
/// lies inside the block.
/// </summary>
public readonly unsafe struct RegisterBlock
{
    private readonly byte* _start;
    private readonly ulong _length;

    /// <summary>
    /// Registers that are mapped at <paramref name="start"/>; see <see cref="AddressSpace.MapDevice"/>.
    /// </summary>
    public RegisterBlock(HostVirtual start, ulong length)
    {
        _start = (byte*)start.Value;
        _length = length;
    }

    public byte Read8(ulong offset) => Volatile.Read(ref *At(offset, sizeof(byte)));

    public ushort Read16(ulong offset) => Volatile.Read(ref *(ushort*)At(offset, sizeof(ushort)));

    public uint Read32(ulong offset) => Volatile.Read(ref *(uint*)At(offset, sizeof(uint)));

    public ulong Read64(ulong offset) => Volatile.Read(ref *(ulong*)At(offset, sizeof(ulong)));

    public void Write8(ulong offset, byte value) => Volatile.Write(ref *At(offset, sizeof(byte)), value);

    public void Write16(ulong offset, ushort value) => Volatile.Write(ref *(ushort*)At(offset, sizeof(ushort)), value);

    public void Write32(ulong offset, uint value) => Volatile.Write(ref *(uint*)At(offset, sizeof(uint)), value);

    public void Write64(ulong offset, ulong value) => Volatile.Write(ref *(ulong*)At(offset, sizeof(ulong)), value);

    private byte* At(ulong offset, ulong size)
    {
        if (offset > _length || size > _length - offset)
        {
            throw new IndexOutOfRangeException();
        }

        return _start + offset;
    }
}
