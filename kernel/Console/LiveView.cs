// SPDX-License-Identifier: MIT
namespace Hypervisor.Console;

/// <summary>What takes the place of the prompt until a key, and shows what is new by itself.</summary>
internal abstract class LiveView
{
    /// <summary>It has nothing more to show: the prompt comes back by itself.</summary>
    public virtual bool IsOver => false;

    /// <summary>Shows a piece of what is new; true where there is more.</summary>
    public abstract bool Show();

    /// <summary>True where the key ends it.</summary>
    public abstract bool IsEnd(byte typed, Key key);

    /// <summary>The log's lines come in between; else they wait for the prompt.</summary>
    public virtual bool ShowsLog => false;

    /// <summary>A line of the log begins: on a new line.</summary>
    public virtual void BeginLine()
    {
    }

    /// <summary>The prompt comes back.</summary>
    public virtual void End()
    {
    }
}
