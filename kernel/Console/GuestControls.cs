// SPDX-License-Identifier: MIT
namespace Hypervisor.Console;

/// <summary>What the console may ask of one VM. The VM's slot is behind it, or a test.</summary>
public abstract class GuestControls
{
    public abstract string Name { get; }

    /// <summary>Its serial line.</summary>
    public abstract GuestConsole Terminal { get; }

    /// <summary>Where it stands, in a word or two.</summary>
    public abstract string State { get; }

    public abstract bool IsRunning { get; }

    /// <summary>It runs, but stands still until somebody lets it go on.</summary>
    public abstract bool IsPaused { get; }

    /// <summary>It still runs, and somebody has asked it to stop.</summary>
    public abstract bool IsStopping { get; }

    /// <summary>True where it is stopped, and nothing starts it but a person.</summary>
    public abstract bool IsAtRest { get; }

    /// <summary>True where it is at rest after it ran, or could not be built.</summary>
    public abstract bool IsOver { get; }

    public abstract void Start();

    /// <summary>Presses the power button; after a while it is stopped by force.</summary>
    public abstract void Stop();

    public abstract void ForceStop();

    public abstract void Restart();

    /// <summary>Builds it without letting it run.</summary>
    public abstract void Create();

    /// <summary>Switches it off at once and forgets what it has left behind.</summary>
    public abstract void Destroy();

    /// <summary>Has it stand still, and its time with it.</summary>
    public abstract void Pause();

    /// <summary>Lets it go on.</summary>
    public abstract void Resume();

    /// <summary>Something was typed: its serial port looks for it.</summary>
    public abstract void InputArrived();

    /// <summary>The few fields of the list of VMs.</summary>
    public abstract void Summarize(RecordWriter records);

    /// <summary>Everything that is known of it.</summary>
    public abstract void Describe(RecordWriter records);

    /// <summary>Its counters.</summary>
    public abstract void Count(RecordWriter records);

    /// <summary>Takes its counters for <see cref="ShowLoad"/>.</summary>
    public abstract void Measure();

    /// <summary>What it did between the last two measurements.</summary>
    public abstract void ShowLoad(RecordWriter records);
}
