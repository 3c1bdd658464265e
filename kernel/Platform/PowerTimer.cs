// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// The ACPI power-management timer (ACPI 6.4, 4.8.3.3): 3.579545 MHz on every machine, 24 or 32 bits.
/// </summary>
public sealed class PowerTimer : ReferenceTimer
{
    private const uint Bits24 = 0xff_ffff;

    private readonly ushort _port;
    private uint _last;
    private ulong _elapsed;

    public PowerTimer(ushort port)
    {
        _port = port;
    }

    public override ulong Frequency => 3_579_545;

    /// <summary>
    /// The upper byte may be anything where the timer has 24 bits, and going around early does no harm with 32.
    /// </summary>
    private uint Now => Instructions.In32(_port) & Bits24;

    public override ulong Elapsed
    {
        get
        {
            uint now = Now;
            _elapsed += (now - _last) & Bits24;
            _last = now;
            return _elapsed;
        }
    }

    /// <summary>False where the port is not what the firmware says: the count must move, and not jump.</summary>
    public bool IsAlive()
    {
        Start();
        for (int tries = 0; tries < 100_000; tries++)
        {
            if (Elapsed > 0)
            {
                return Elapsed < Frequency;
            }
        }

        return false;
    }

    public override void Start()
    {
        _elapsed = 0;
        _last = Now;
    }
}
