// SPDX-License-Identifier: MIT
namespace Hypervisor.Console;

/// <summary>One command of the monitor.</summary>
public abstract class Command
{
    public abstract string Name { get; }

    /// <summary>What may follow the name, as the help shows it; empty for nothing.</summary>
    public abstract string Arguments { get; }

    /// <summary>What it does, in a sentence without an end.</summary>
    public abstract string Summary { get; }

    /// <summary>Carries it out; word 0 of the line is the name.</summary>
    public abstract void Run(Monitor monitor, CommandLine line);
}
