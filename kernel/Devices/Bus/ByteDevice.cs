// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Bus;

/// <summary>
/// A device with an 8-bit bus, as on ISA: a wider access is split into byte accesses at ascending addresses, as the
/// bus's bridge does it.
/// </summary>
public abstract class ByteDevice : Device
{
    public override ulong Read(ulong offset, int size) =>
        size == 1 ? ReadByte((int)offset) : ReadBytes((int)offset, size);

    public sealed override void Write(ulong offset, int size, ulong value)
    {
        if (size == 1)
        {
            WriteByte((int)offset, (byte)value);
        }
        else
        {
            WriteBytes((int)offset, size, value);
        }
    }

    /// <summary>Reads the register at <paramref name="offset"/>, which is inside the device's ranges.</summary>
    protected abstract byte ReadByte(int offset);

    /// <summary>Writes the register at <paramref name="offset"/>, which is inside the device's ranges.</summary>
    protected abstract void WriteByte(int offset, byte value);

    private ulong ReadBytes(int offset, int size)
    {
        ulong value = 0;
        for (int index = 0; index < size; index++)
        {
            value |= (ulong)ReadByte(offset + index) << (8 * index);
        }

        return value;
    }

    private void WriteBytes(int offset, int size, ulong value)
    {
        for (int index = 0; index < size; index++)
        {
            WriteByte(offset + index, (byte)(value >> (8 * index)));
        }
    }
}
