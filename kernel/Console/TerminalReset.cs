// SPDX-License-Identifier: MIT
namespace Hypervisor.Console;

/// <summary>
/// What takes a terminal back from a guest, whatever the guest has made of it (ECMA-48, and xterm's private modes);
/// terminals leave out what they do not know.
/// </summary>
internal static class TerminalReset
{
    /// <summary>Ends a sequence or string that the guest began; then plain letters.</summary>
    public const string ForOneLine = "\u0018\u001b\\\u001b[m";

    /// <summary>
    /// For good: the ordinary screen and all of it for scrolling, with the cursor where it is (both would move it, so
    /// it is saved and restored), the keyboard unlocked, nothing inserted, no mouse, no brackets around what is pasted,
    /// cursor keys and keypad as usual, a visible cursor, ASCII, plain letters.
    /// </summary>
    public const string Full = "\u0018\u001b\\"
        + "\u001b7\u001b[?1049l"
        + "\u001b7\u001b[?69l\u001b[r\u001b8"
        + "\u001b[2;4;20l"
        + "\u001b[?1;5;9;66;1000;1001;1002;1003;1004;1005;1006;1015;2004l"
        + "\u001b[?7;25h"
        + "\u001b>\u001b(B\u000f\u001b[m";
}
