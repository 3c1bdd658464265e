// SPDX-License-Identifier: MIT
using System.Linq;
using Hypervisor.Console;

namespace Hypervisor.Unit.Console;

/// <summary>A monitor of a test, what is typed into it and what it shows.</summary>
public abstract class MonitorTest
{
    private protected MemorySink Sink { get; } = new();

    private protected FakeHost Host { get; } = new();

    private protected Monitor Create(string name, out FakeGuest guest)
    {
        guest = new FakeGuest(name);
        return new Monitor(Host, [guest], Sink);
    }

    private protected Monitor AtPrompt(out FakeGuest guest)
    {
        Monitor monitor = Create("web", out guest);
        monitor.Begin(attach: -1);
        _ = Sink.Take();
        return monitor;
    }

    /// <summary>What the screen shows below a line that was entered.</summary>
    protected string[] Run(Monitor monitor, string line)
    {
        _ = Sink.Take();
        Type(monitor, line + "\r");
        return Sink.TakeScreen().Skip(1).ToArray();
    }

    protected static void Type(Monitor monitor, string text)
    {
        foreach (char each in text)
        {
            monitor.Receive((byte)each);
        }
    }

    protected static void Drain(Monitor monitor)
    {
        while (monitor.Poll())
        {
        }
    }
}
