// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace Hypervisor.Drivers.Serial16550;

/// <summary>One call of the driver's code, behind its fault boundary; filled in with the port's lock held.</summary>
internal sealed class SerialCall : ContainedCall
{
    private readonly SerialChip _chip;

    public SerialCall(SerialChip chip)
    {
        _chip = chip;
    }

    public SerialOperation Operation { get; set; }

    /// <summary>The byte to send, or the one received.</summary>
    public byte Value { get; set; }

    /// <summary>What a question was answered with; true after a work that is none.</summary>
    public bool Result { get; private set; }

    public override void Invoke() => Result = Perform();

    private bool Perform()
    {
        switch (Operation)
        {
            case SerialOperation.Detect:
                return _chip.Detect();
            case SerialOperation.Write:
                return _chip.TryWrite(Value);
            case SerialOperation.Read:
                bool found = _chip.TryRead(out byte value);
                Value = value;
                return found;
            case SerialOperation.Serve:
                return _chip.Serve();
            case SerialOperation.HasQueued:
                return _chip.HasQueued;
            case SerialOperation.IsSending:
                return _chip.IsSending;
            case SerialOperation.Start:
                _chip.Start();
                return true;
            case SerialOperation.Reset:
                _chip.Reset();
                return true;
            default:
                _chip.Silence();
                return true;
        }
    }
}
