// SPDX-License-Identifier: MIT
namespace Hypervisor.Console;

/// <summary>
/// Puts a terminal's bytes together to keys (ECMA-48 control sequences as xterm, Linux and screen send them). Whatever
/// comes, it is back at the start after a few bytes.
/// </summary>
public sealed class KeyDecoder
{
    private const int LongestParameter = 9999;

    private State _state;
    private int _parameter;
    private bool _afterReturn;

    private enum State
    {
        Ground,
        Escape,
        Sequence,
        Application,
    }

    /// <summary>The character where the key is one.</summary>
    public byte Character { get; private set; }

    /// <summary>Takes the next byte.</summary>
    public Key Decode(byte value)
    {
        switch (_state)
        {
            case State.Escape:
                return AfterEscape(value);
            case State.Sequence:
                return InSequence(value);
            case State.Application:
                _state = State.Ground;
                return Final(value);
            default:
                return Plain(value);
        }
    }

    private Key Plain(byte value)
    {
        bool afterReturn = _afterReturn;
        _afterReturn = value == Ascii.Return;
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
                return afterReturn ? Key.None : Key.Enter;
            case Ascii.Backspace:
            case Ascii.Delete:
                return Key.Backspace;
            case Ascii.Escape:
                _state = State.Escape;
                return Key.None;
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
            _ => State.Ground,
        };
        return Key.None;
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
