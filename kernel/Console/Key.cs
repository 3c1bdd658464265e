// SPDX-License-Identifier: MIT
namespace Hypervisor.Console;

/// <summary>What a byte or an escape sequence from the terminal means to the line editor.</summary>
public enum Key
{
    /// <summary>Nothing yet (a sequence is not complete), or nothing that the editor knows.</summary>
    None,

    /// <summary>A printable character.</summary>
    Character,
    Enter,
    Tab,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    EraseToEnd,
    EraseToStart,
    EraseWord,
    Cancel,
    Redraw,
}
