// SPDX-License-Identifier: MIT
namespace Hypervisor.Console;

/// <summary>
/// Leaves of what a guest said what can be read: printable ASCII, ends of lines, tabs. Control sequences and strings
/// (ECMA-48) are left out whole, so that old ones make no terminal answer and hide nothing; a line's end ends each. A
/// character beyond ASCII is a question mark.
/// </summary>
internal sealed class PlainText
{
    private State _state;

    private enum State
    {
        Text,
        Escape,
        Sequence,
        String,
    }

    /// <summary>A new text begins.</summary>
    public void Begin() => _state = State.Text;

    /// <summary>Takes the next byte; false where nothing is to be shown for it.</summary>
    public bool TryShow(byte value, out byte shown)
    {
        // In UTF-8 what follows the first byte of a character is 80h to bfh; alone they are the C1 controls and more.
        shown = value < 0xc0 ? value : (byte)'?';
        if (value == Ascii.LineFeed || value == Ascii.Return)
        {
            _state = State.Text;
            return true;
        }

        bool isText = _state == State.Text;
        _state = Next(value);
        return isText && (Ascii.IsPrintable(value) || value == Ascii.Tab || value >= 0xc0);
    }

    private State Next(byte value)
    {
        switch (value)
        {
            case Ascii.Escape:
                return State.Escape;
            case Ascii.Cancel:
            case Ascii.Substitute:
                return State.Text;
        }

        switch (_state)
        {
            case State.Escape:
                return AfterEscape((char)value);
            case State.Sequence:
                return value is >= 0x40 and < Ascii.Delete ? State.Text : State.Sequence;
            case State.String:
                return value == Ascii.Bell ? State.Text : State.String;
            default:
                return State.Text;
        }
    }

    private static State AfterEscape(char value) => value switch
    {
        '[' => State.Sequence,
        'P' or 'X' or ']' or '^' or '_' => State.String,
        >= ' ' and < '0' => State.Escape,
        _ => State.Text,
    };
}
