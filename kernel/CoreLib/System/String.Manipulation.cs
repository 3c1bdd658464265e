// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text;
using Hypervisor.Runtime;

namespace System;

public sealed unsafe partial class String
{
    public static string Concat(string? str0, string? str1) => Concat(str0.AsSpan(), str1.AsSpan());

    public static string Concat(string? str0, string? str1, string? str2) =>
        Concat(str0.AsSpan(), str1.AsSpan(), str2.AsSpan());

    public static string Concat(string? str0, string? str1, string? str2, string? str3) =>
        Concat(str0.AsSpan(), str1.AsSpan(), str2.AsSpan(), str3.AsSpan());

    public static string Concat(object? arg0) => arg0?.ToString() ?? "";

    public static string Concat(object? arg0, object? arg1) => Concat(arg0?.ToString(), arg1?.ToString());

    /// <summary>Only the plain item {0} is known; Iced's error texts use nothing else.</summary>
    public static string Format(string format, object? arg0)
    {
        int item = format.IndexOf("{0}");
        return item < 0
            ? format
            : Concat(format.AsSpan(0, item), (arg0?.ToString() ?? "").AsSpan(), format.AsSpan(item + 3));
    }

    public static string Concat(ReadOnlySpan<char> str0, ReadOnlySpan<char> str1) =>
        Concat(str0, str1, default, default);

    public static string Concat(ReadOnlySpan<char> str0, ReadOnlySpan<char> str1, ReadOnlySpan<char> str2) =>
        Concat(str0, str1, str2, default);

    public static string Concat(
        ReadOnlySpan<char> str0, ReadOnlySpan<char> str1, ReadOnlySpan<char> str2, ReadOnlySpan<char> str3)
    {
        string result = Allocate(checked(str0.Length + str1.Length + str2.Length + str3.Length));
        Span<char> rest = result.Writable();
        str0.CopyTo(rest);
        rest = rest.Slice(str0.Length);
        str1.CopyTo(rest);
        rest = rest.Slice(str1.Length);
        str2.CopyTo(rest);
        str3.CopyTo(rest.Slice(str2.Length));
        return result;
    }

    public static string Concat(params string?[] values) => Join("", values);

    public static string Join(string? separator, params string?[] value)
    {
        StringBuilder builder = new();
        for (int i = 0; i < value.Length; i++)
        {
            if (i != 0)
            {
                builder.Append(separator);
            }
            builder.Append(value[i]);
        }
        return builder.ToString();
    }

    public static string Join(string? separator, IEnumerable<string?> values)
    {
        StringBuilder builder = new();
        bool first = true;
        foreach (string? value in values)
        {
            if (!first)
            {
                builder.Append(separator);
            }
            first = false;
            builder.Append(value);
        }
        return builder.ToString();
    }

    public string Substring(int startIndex) => new(this.AsSpan(startIndex));

    public string Substring(int startIndex, int length) => new(this.AsSpan(startIndex, length));

    public int IndexOf(char value) => this.AsSpan().IndexOf(value);

    public int IndexOf(char value, int startIndex)
    {
        int index = this.AsSpan(startIndex).IndexOf(value);
        return index < 0 ? -1 : index + startIndex;
    }

    public int IndexOf(string value) => this.AsSpan().IndexOf(value.AsSpan());

    public int IndexOf(string value, StringComparison comparisonType) =>
        this.AsSpan().IndexOf(value.AsSpan(), comparisonType);

    public int LastIndexOf(char value) => this.AsSpan().LastIndexOf(value);

    public bool Contains(char value) => IndexOf(value) >= 0;

    public bool Contains(string value) => IndexOf(value) >= 0;

    public bool StartsWith(char value) => Length != 0 && _firstChar == value;

    public bool StartsWith(string value) => this.AsSpan().StartsWith(value.AsSpan());

    public bool StartsWith(string value, StringComparison comparisonType) =>
        this.AsSpan().StartsWith(value.AsSpan(), comparisonType);

    public bool EndsWith(char value) => Length != 0 && this[Length - 1] == value;

    public bool EndsWith(string value) => this.AsSpan().EndsWith(value.AsSpan());

    public bool EndsWith(string value, StringComparison comparisonType) =>
        this.AsSpan().EndsWith(value.AsSpan(), comparisonType);

    public string Trim() => new(this.AsSpan().Trim());

    public string TrimStart() => new(this.AsSpan().TrimStart());

    public string TrimEnd() => new(this.AsSpan().TrimEnd());

    public string PadLeft(int totalWidth) => PadLeft(totalWidth, ' ');

    public string PadLeft(int totalWidth, char paddingChar) =>
        totalWidth <= Length ? this : Concat(new string(paddingChar, totalWidth - Length), this);

    public string PadRight(int totalWidth) => PadRight(totalWidth, ' ');

    public string PadRight(int totalWidth, char paddingChar) =>
        totalWidth <= Length ? this : Concat(this, new string(paddingChar, totalWidth - Length));

    public string ToUpperInvariant()
    {
        string result = Allocate(Length);
        Span<char> chars = result.Writable();
        for (int i = 0; i < chars.Length; i++)
        {
            chars[i] = char.ToUpperInvariant(this[i]);
        }
        return result;
    }

    public string ToLowerInvariant()
    {
        string result = Allocate(Length);
        Span<char> chars = result.Writable();
        for (int i = 0; i < chars.Length; i++)
        {
            chars[i] = char.ToLowerInvariant(this[i]);
        }
        return result;
    }

    public string Replace(char oldChar, char newChar)
    {
        string result = Allocate(Length);
        Span<char> chars = result.Writable();
        for (int i = 0; i < chars.Length; i++)
        {
            chars[i] = this[i] == oldChar ? newChar : this[i];
        }
        return result;
    }

    public string Insert(int startIndex, string value) =>
        Concat(this.AsSpan(0, startIndex), value.AsSpan(), this.AsSpan(startIndex));

    public string Remove(int startIndex) => Substring(0, startIndex);

    public string Remove(int startIndex, int count) =>
        Concat(this.AsSpan(0, startIndex), this.AsSpan(checked(startIndex + count)));

    public string[] Split(char separator)
    {
        List<string> parts = new();
        ReadOnlySpan<char> rest = this;
        while (true)
        {
            int index = rest.IndexOf(separator);
            if (index < 0)
            {
                parts.Add(new string(rest));
                return parts.ToArray();
            }
            parts.Add(new string(rest.Slice(0, index)));
            rest = rest.Slice(index + 1);
        }
    }

    public void CopyTo(Span<char> destination) => this.AsSpan().CopyTo(destination);

    public bool TryCopyTo(Span<char> destination) => this.AsSpan().TryCopyTo(destination);

    public void CopyTo(int sourceIndex, char[] destination, int destinationIndex, int count) =>
        this.AsSpan(sourceIndex, count).CopyTo(destination.AsSpan(destinationIndex));
}
