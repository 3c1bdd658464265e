// SPDX-License-Identifier: MIT
namespace Hypervisor.Console;

/// <summary>
/// Puts a terminal's bytes together to keys (ECMA-48 control sequences as xterm, Linux and screen send them). A guest
/// can make a terminal answer, with text of the guest's choice: answers are control sequences and strings, and what is
/// in one is never a key. Ctrl-C ends a string that somebody began by chance (Alt-P, Alt-]).
/// </summary>
public sealed class KeyDecoder
{
    private const int LongestParameter = 9999;

    private State _state;
    private int _parameter;
    private byte _previous;

    private enum State
    {
        Ground,
        Escape,
        Sequence,
        Application,
        String,
    }

    /// <summary>The character where the key is one.</summary>
    public byte Character { get; private set; }

    /// <summary>Takes the next byte.</summary>
    public Key Decode(byte value)
    {
        byte previous = _previous;
        _previous = value;
        if (value == Ascii.Escape)
        {
            _state = State.Escape;
            return Key.None;
        }

        if (IsEightBitControl(value, previous))
        {
            _previous = 0;
            return AfterEscape((byte)(value - 0x40));
        }

        switch (_state)
        {
            case State.String:
                return InString(value);
            case State.Escape:
                return AfterEscape(value);
            case State.Sequence:
                return InSequence(value);
            case State.Application:
                _state = State.Ground;
                return Final(value);
            default:
                return Plain(value, previous);
        }
    }

    /// <summary>
    /// A C1 control is what ESC and a letter are (ECMA-48, 5.3 and 5.4); in UTF-8 it comes behind C2h, and the same
    /// byte behind any other is a part of a letter.
    /// </summary>
    private static bool IsEightBitControl(byte value, byte previous) =>
        value is >= 0x80 and < 0xa0 && previous is < 0x80 or 0xc2;

    private Key Plain(byte value, byte previous)
    {
        if (Ascii.IsPrintable(value))
        {
            Character = value;
            return Key.Character;
        }

        switch (value)
        {
            case Ascii.Return:
                return Key.Enter;
            case Ascii.LineFeed:
                return previous == Ascii.Return ? Key.None : Key.Enter;
            case Ascii.Backspace:
            case Ascii.Delete:
                return Key.Backspace;
            default:
                return Control((char)(value + '@'));
        }
    }

    /// <summary>Control and a letter, as in a shell.</summary>
    private static Key Control(char letter) => letter switch
    {
        'A' => Key.Home,
        'B' => Key.Left,
        'C' => Key.Cancel,
        'D' => Key.Delete,
        'E' => Key.End,
        'F' => Key.Right,
        'I' => Key.Tab,
        'K' => Key.EraseToEnd,
        'L' => Key.Redraw,
        'N' => Key.Down,
        'P' => Key.Up,
        'U' => Key.EraseToStart,
        'W' => Key.EraseWord,
        _ => Key.None,
    };

    private Key AfterEscape(byte value)
    {
        _parameter = 0;
        _state = value switch
        {
            (byte)'[' => State.Sequence,
            (byte)'O' => State.Application,
            (byte)'P' or (byte)'X' or (byte)']' or (byte)'^' or (byte)'_' => State.String,
            >= 0x20 and < 0x30 => State.Escape,
            _ => State.Ground,
        };
        return Key.None;
    }

    /// <summary>
    /// DCS, SOS, OSC, PM and APC go up to ST, which begins with ESC, or to what terminals take for it.
    /// </summary>
    private Key InString(byte value)
    {
        if (value is Ascii.Bell or Ascii.Cancel or Ascii.Substitute or Ascii.EndOfText)
        {
            _state = State.Ground;
        }

        return value == Ascii.EndOfText ? Key.Cancel : Key.None;
    }

    private Key InSequence(byte value)
    {
        if (value is >= (byte)'0' and <= (byte)'9')
        {
            _parameter = _parameter > LongestParameter ? _parameter : (_parameter * 10) + value - '0';
            return Key.None;
        }

        // 0x20 to 0x3f are parameters and intermediates, 0x40 to 0x7e end the sequence; anything else breaks it off.
        if (value is >= 0x20 and < 0x40)
        {
            return Key.None;
        }

        _state = State.Ground;
        return value == '~' ? Numbered() : Final(value);
    }

    private static Key Final(byte value) => (char)value switch
    {
        'A' => Key.Up,
        'B' => Key.Down,
        'C' => Key.Right,
        'D' => Key.Left,
        'F' => Key.End,
        'H' => Key.Home,
        _ => Key.None,
    };

    private Key Numbered() => _parameter switch
    {
        1 or 7 => Key.Home,
        3 => Key.Delete,
        4 or 8 => Key.End,
        _ => Key.None,
    };
}
