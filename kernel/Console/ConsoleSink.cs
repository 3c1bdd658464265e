// SPDX-License-Identifier: MIT
namespace Hypervisor.Console;

/// <summary>Where the console's output goes: the serial port, or a test's memory.</summary>
public abstract class ConsoleSink
{
    /// <summary>Sends one byte; may wait for room, so the caller holds no lock.</summary>
    public abstract void Write(byte value);

    /// <summary>Waits until all of it is on its way.</summary>
    public abstract void Flush();
}
