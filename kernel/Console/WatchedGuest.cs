// SPDX-License-Identifier: MIT
namespace Hypervisor.Console;

/// <summary>A VM in a <see cref="WatchView"/>.</summary>
internal sealed class WatchedGuest
{
    public WatchedGuest(GuestControls guest)
    {
        Guest = guest;
    }

    public GuestControls Guest { get; }

    /// <summary>Leaves of what it says what can be read.</summary>
    public PlainText Plain { get; } = new();

    /// <summary>A piece of its line was shown, and its end was not.</summary>
    public bool IsMidLine { get; set; }

    public bool IsChosen { get; set; }

    /// <summary>Since when its unfinished line has not changed, by the host's clock; and how long it is then.</summary>
    public ulong QuietSince { get; set; }

    public int Unfinished { get; set; }
}
