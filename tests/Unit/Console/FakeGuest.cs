// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;
using Hypervisor.Console;

namespace Hypervisor.Unit.Console;

/// <summary>A VM that does what it is told and writes it down.</summary>
internal sealed class FakeGuest : GuestControls
{
    public FakeGuest(string name)
    {
        Name = name;
    }

    public override string Name { get; }

    public override GuestConsole Terminal { get; } = new();

    public override string State => !IsRunning ? "stopped" : Paused ? "paused" : "running";

    public override bool IsPaused => Paused;

    public override bool IsStopping => Stopping;

    public override bool IsRunning => Running;

    public override bool IsOver => IsAtRest && HasRun;

    public bool HasRun { get; set; } = true;

    public override bool IsAtRest => !Running && !Changing;

    public bool Running { get; set; } = true;

    public bool Paused { get; set; }

    public bool Stopping { get; set; }

    /// <summary>It does not run, but is built, is taken apart or waits to be started again.</summary>
    public bool Changing { get; set; }

    public List<string> Asked { get; } = [];

    public int Inputs { get; private set; }

    public override void Start() => Asked.Add("start");

    public override void Stop() => Asked.Add("stop");

    public override void ForceStop() => Asked.Add("force");

    public override void Restart() => Asked.Add("restart");

    public override void Create() => Asked.Add("create");

    public override void Destroy() => Asked.Add("destroy");

    public override void Pause() => Asked.Add("pause");

    public override void Resume() => Asked.Add("resume");

    public override void InputArrived() => Inputs++;

    public override void Summarize(RecordWriter records)
    {
        records.Name(Name, 12);
        records.Text("state", State, 10);
        records.Size("memory", 256 << 20, 10);
    }

    public override void Describe(RecordWriter records)
    {
        records.Text("name", Name);
        records.Duration("uptime", 12_034_000_000);
    }

    /// <summary>What happens when somebody looks at the counters.</summary>
    public Action Counting { get; set; } = static () => { };

    public override void Count(RecordWriter records)
    {
        Counting();
        records.Number("exits", 123);
    }

    /// <summary>How often it was measured.</summary>
    public ulong Looks { get; private set; }

    public override void Measure() => Looks++;

    public override void ShowLoad(RecordWriter records)
    {
        records.Name(Name, 6);
        records.Number("looks", Looks, 6);
    }


    /// <summary>The guest sends something.</summary>
    public void Say(string text)
    {
        foreach (byte each in Encoding.Latin1.GetBytes(text))
        {
            Terminal.Write(each);
        }
    }

    /// <summary>What the guest finds in its serial port.</summary>
    public string Hear()
    {
        var text = new StringBuilder();
        while (Terminal.TryRead(out byte value))
        {
            _ = text.Append((char)value);
        }

        return text.ToString();
    }
}
