// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Backends;

/// <summary>The other end of a guest's serial port: what a UART model asks of the console. Calls never block.</summary>
public abstract class CharacterBackend
{
    /// <summary>Takes one byte that the guest sent; bytes beyond what is kept push out the oldest.</summary>
    public abstract void Write(byte value);

    /// <summary>The next byte for the guest; false where nobody has typed.</summary>
    public abstract bool TryRead(out byte value);

    /// <summary>
    /// Another machine is at the line now: what was typed for the one before is lost. No machine reads meanwhile.
    /// </summary>
    public abstract void DiscardInput();

    /// <summary>Nobody is to see any more what was sent so far. No machine writes meanwhile.</summary>
    public abstract void DiscardOutput();
}
