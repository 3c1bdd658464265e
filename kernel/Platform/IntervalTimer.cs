// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// Channel 2 of the 8254, the one that is wired to the speaker and to no interrupt: counts down 16 bits at 1.193182 MHz
/// and goes around. Its latch command makes two reads one value.
/// </summary>
public sealed class IntervalTimer : ReferenceTimer
{
    private const ushort Channel2 = 0x42;
    private const ushort Mode = 0x43;
    private const ushort SpeakerGate = 0x61;
    private const byte RateGenerator = 0xb4;
    private const byte LatchChannel2 = 0x80;

    private ushort _last;
    private ulong _elapsed;

    public override ulong Frequency => 1_193_182;

    public override ulong Elapsed
    {
        get
        {
            ushort now = ReadCount();
            _elapsed += (ushort)(_last - now);
            _last = now;
            return _elapsed;
        }
    }

    public override void Start()
    {
        // Gate on, speaker off; mode 2 with the longest period.
        Instructions.Out8(SpeakerGate, (byte)((Instructions.In8(SpeakerGate) & 0xfc) | 1));
        Instructions.Out8(Mode, RateGenerator);
        Instructions.Out8(Channel2, 0);
        Instructions.Out8(Channel2, 0);
        _elapsed = 0;
        _last = ReadCount();
    }

    private static ushort ReadCount()
    {
        Instructions.Out8(Mode, LatchChannel2);
        byte low = Instructions.In8(Channel2);
        return (ushort)(low | (Instructions.In8(Channel2) << 8));
    }
}
