// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>The pair of 8259A interrupt controllers.</summary>
internal static class Pic
{
    internal const int FirstVector = 0x20;

    private const ushort Master = 0x20;
    private const ushort Slave = 0xa0;
    private const byte EndOfInterrupt = 0x20;

    /// <summary>
    /// ICW1 to ICW4: edge, cascade on 2, vectors from <see cref="FirstVector"/>; then the masks (1: masked).
    /// </summary>
    internal static void Initialize(ushort masks)
    {
        Instructions.Out8(Master, 0x11);
        Instructions.Out8(Slave, 0x11);
        Instructions.Out8(Master + 1, FirstVector);
        Instructions.Out8(Slave + 1, FirstVector + 8);
        Instructions.Out8(Master + 1, 4);
        Instructions.Out8(Slave + 1, 2);
        Instructions.Out8(Master + 1, 1);
        Instructions.Out8(Slave + 1, 1);
        SetMasks(masks);
    }

    internal static void SetMasks(ushort masks)
    {
        Instructions.Out8(Master + 1, (byte)masks);
        Instructions.Out8(Slave + 1, (byte)(masks >> 8));
    }

    internal static void Acknowledge(int vector)
    {
        if (vector >= FirstVector + 8)
        {
            Instructions.Out8(Slave, EndOfInterrupt);
        }
        Instructions.Out8(Master, EndOfInterrupt);
    }
}
