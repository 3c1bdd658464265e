// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Runtime;

namespace Hypervisor.Drivers.Serial16550;

/// <summary>
/// A real serial port, driven by interrupts, and the boundary around its driver: a fault in the driver's code costs
/// what was queued, the device is set up anew, and the call is a no. One that faults too often is left alone for a
/// while, in which what is written goes nowhere: nobody waits for it.
/// </summary>
public sealed class SerialPort : CharacterDevice
{
    public const ushort Com1 = 0x3f8;
    public const ushort Com2 = 0x2f8;

    /// <summary>For how long (1 s) the port is left alone.</summary>
    public const ulong QuietNanoseconds = 1_000_000_000;

    /// <summary>So many faults in a row are answered by a reset at once, and then so many a second.</summary>
    public const int ResetBurst = 16;
    private const int ResetsPerSecond = 4;

    /// <summary>
    /// The boundary is entered with it held and lies inside of it, so a fault in what it guards does not leave it
    /// locked, and is no panic.
    /// </summary>
    private readonly SharedLock _lock = new(LockRank.Log, "serial port");
    private readonly SerialChip _chip;
    private readonly SerialCall _call;
    private readonly SerialPause _pause;
    private readonly HostClock _clock;
    private readonly RateLimit _limit = new(ResetBurst, ResetsPerSecond);
    private readonly ushort _port;
    private FaultKind _lastFault;
    private ulong _faults;
    private ulong _resets;
    private ulong _faultedAt;
    private bool _isQuiet;

    public SerialPort(ushort port, HostClock clock)
    {
        _port = port;
        _clock = clock;
        _limit.SetFrequency(clock.Frequency);
        _chip = new SerialChip(port);
        _call = new SerialCall(_chip);
        _pause = new SerialPause(this);
        Interrupt = new SerialInterrupt(this);
    }

    /// <summary>What the port's interrupt is to be led to.</summary>
    public InterruptHandler Interrupt { get; }

    /// <summary>The ISA interrupt of the port.</summary>
    public int Irq => _port is Com2 or 0x2e8 ? 3 : 4;

    /// <summary>Received bytes that nobody had taken in time.</summary>
    public ulong Dropped => _chip.Dropped;

    /// <summary>Times that the line said of a byte that it was broken (framing, parity, overrun).</summary>
    public ulong LineErrors => _chip.LineErrors;

    /// <summary>Bytes that waited in a queue when the driver faulted.</summary>
    public ulong Lost => _chip.Lost;

    public override ulong Faults => _faults;

    public override FaultKind LastFault => _lastFault;

    public override ulong Resets => _resets;

    /// <summary>True while the port is left alone.</summary>
    public bool IsQuiet => _isQuiet;

    /// <summary>
    /// True where there is a UART: its scratch register keeps a value, and in loopback what is sent comes
    /// back. Interrupts are off afterwards.
    /// </summary>
    public bool Detect() => Perform(SerialOperation.Detect);

    /// <summary>Sets the port up and lets it interrupt; its interrupt is led to a processor by then.</summary>
    public void Start() => _ = Perform(SerialOperation.Start);

    public override bool TryWrite(byte value) => Perform(SerialOperation.Write, ref value, whileQuiet: true);

    public override bool HasQueued => Perform(SerialOperation.HasQueued);

    public override bool IsSending => Perform(SerialOperation.IsSending);

    public override bool TryRead(out byte value)
    {
        value = 0;
        return Perform(SerialOperation.Read, ref value);
    }

    /// <summary>
    /// Serves whatever the device asks for; the interrupt handler, or a poll where it has no interrupt.
    /// </summary>
    public void Serve()
    {
        if (Perform(SerialOperation.Serve))
        {
            Waiter?.Wake();
        }
    }

    /// <summary>After a fault in the interrupt handler, outside of the driver's own boundary.</summary>
    internal void Recover(FaultKind kind)
    {
        _lock.Acquire();
        bool wasQuiet = _isQuiet;
        Mend(kind);
        _lock.Release();
        Report(wasQuiet);
    }

    /// <summary>The port was left alone for long enough; a fault in this leaves it alone for as long again.</summary>
    internal void Revive()
    {
        _lock.Acquire();
        _isQuiet = !TryReset();
        _lock.Release();
        Report(false);
    }

    private bool Perform(SerialOperation operation)
    {
        byte value = 0;
        return Perform(operation, ref value);
    }

    /// <summary>
    /// What the driver's code says; no where it faults, <paramref name="whileQuiet"/> where it is not asked.
    /// </summary>
    private bool Perform(SerialOperation operation, ref byte value, bool whileQuiet = false)
    {
        _lock.Acquire();
        if (_isQuiet)
        {
            _lock.Release();
            return whileQuiet;
        }

        _call.Value = value;
        FaultKind fault = Call(operation);
        bool result = fault == FaultKind.None && _call.Result;
        value = _call.Value;
        if (fault != FaultKind.None)
        {
            Mend(fault);
        }

        _lock.Release();
        if (fault != FaultKind.None)
        {
            Report(false);
        }

        return result;
    }

    private FaultKind Call(SerialOperation operation)
    {
        _call.Operation = operation;
        return FaultBoundary.Run(_call);
    }

    /// <summary>With the lock held: the device works again, or is left alone.</summary>
    private void Mend(FaultKind kind)
    {
        Count(kind);
        if (!_isQuiet && !(_limit.TryTake() && TryReset()))
        {
            _isQuiet = true;

            // A device that is not even made silent interrupts once more at the most: its line is edge-triggered.
            _ = Call(SerialOperation.Silence);
        }
    }

    private bool TryReset()
    {
        FaultKind fault = Call(SerialOperation.Reset);
        if (fault != FaultKind.None)
        {
            Count(fault);
            return false;
        }

        _resets++;
        return true;
    }

    private void Count(FaultKind kind)
    {
        _faults++;
        _lastFault = kind;
        _faultedAt = FaultTrace.Last.Rip;
    }

    /// <summary>Without the lock: says what happened, and wakes who waited for room or for a byte.</summary>
    private void Report(bool wasQuiet)
    {
        if (wasQuiet)
        {
            return;
        }

        if (_isQuiet)
        {
            Processor.Current.Deadlines.Arm(_pause, _clock.Now + QuietNanoseconds);
        }

        string what = _isQuiet ? "left alone for a second" : "set up anew";
        Log.Warning($"serial port: {FaultNames.Of(_lastFault)} in its driver at {_faultedAt:x}: {what}");
        Waiter?.Wake();
    }
}
