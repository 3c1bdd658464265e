// SPDX-License-Identifier: MIT
namespace Hypervisor.Console;

/// <summary>One command of the monitor.</summary>
public abstract class Command
{
    public abstract string Name { get; }

    /// <summary>What may follow the name, as the help shows it; empty for nothing.</summary>
    public abstract string Arguments { get; }

    /// <summary>How many words may follow the name; -j counts as none.</summary>
    public int MostArguments
    {
        get
        {
            int count = 0;
            for (int i = 0; i < Arguments.Length; i++)
            {
                if (Arguments[i] == '.')
                {
                    return int.MaxValue;
                }

                count += Arguments[i] == '[' ? 1 : 0;
            }

            return Arguments.EndsWith("[-j]") ? count - 1 : count;
        }
    }

    /// <summary>What it does, in a sentence without an end.</summary>
    public abstract string Summary { get; }

    /// <summary>Carries it out; word 0 of the line is the name.</summary>
    public abstract void Run(Monitor monitor, CommandLine line);
}
