// SPDX-License-Identifier: MIT
namespace System.Text;

public sealed class StringBuilder
{
    private const int FirstCapacity = 64;

    private char[] _chars;
    private int _length;

    public StringBuilder()
        : this(FirstCapacity)
    {
    }

    public StringBuilder(int capacity)
    {
        _chars = new char[Math.Max(capacity, FirstCapacity)];
    }

    public StringBuilder(string? value)
        : this()
    {
        Append(value);
    }

    public int Length
    {
        get => _length;
        set
        {
            Reserve(value - _length);
            if (value > _length)
            {
                Array.Clear(_chars, _length, value - _length);
            }
            _length = value;
        }
    }

    public char this[int index]
    {
        get => _chars.AsSpan(0, _length)[index];
        set => _chars.AsSpan(0, _length)[index] = value;
    }

    public StringBuilder Append(char value)
    {
        Reserve(1);
        _chars[_length++] = value;
        return this;
    }

    public StringBuilder Append(char value, int repeatCount)
    {
        Reserve(repeatCount);
        _chars.AsSpan(_length, repeatCount).Fill(value);
        _length += repeatCount;
        return this;
    }

    public StringBuilder Append(string? value) => Append(value.AsSpan());

    public StringBuilder Append(ReadOnlySpan<char> value)
    {
        Reserve(value.Length);
        value.CopyTo(_chars.AsSpan(_length));
        _length += value.Length;
        return this;
    }

    public StringBuilder Append(string? value, int startIndex, int count) => Append(value.AsSpan(startIndex, count));

    public StringBuilder Append(char[]? value) => Append(new ReadOnlySpan<char>(value));

    public StringBuilder Append(bool value) => Append(value.ToString());

    public StringBuilder Append(int value) => Append(value.ToString());

    public StringBuilder Append(uint value) => Append(value.ToString());

    public StringBuilder Append(long value) => Append(value.ToString());

    public StringBuilder Append(ulong value) => Append(value.ToString());

    public StringBuilder Append(object? value) => Append(value?.ToString());

    public StringBuilder AppendLine() => Append('\n');

    public StringBuilder AppendLine(string? value) => Append(value).Append('\n');

    public StringBuilder Clear()
    {
        _length = 0;
        return this;
    }

    public override string ToString() => new(_chars, 0, _length);

    public string ToString(int startIndex, int length) => new(_chars.AsSpan(0, _length).Slice(startIndex, length));

    private void Reserve(int more)
    {
        int needed = checked(_length + more);
        if (needed > _chars.Length)
        {
            Array.Resize(ref _chars, Math.Max(needed, _chars.Length * 2));
        }
    }
}
