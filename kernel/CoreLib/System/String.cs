// SPDX-License-Identifier: MIT
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hypervisor.Runtime;
using Internal.Runtime;

namespace System;

/// <summary>Text in UTF-16 units. Comparisons and searches are by code unit.</summary>
public sealed unsafe partial class String : IComparable<string>, IEquatable<string>, IEnumerable<char>
{
    public static readonly string Empty = "";

    private readonly int _stringLength;
    private char _firstChar;

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char[]? value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char[] value, int startIndex, int length);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char c, int count);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(ReadOnlySpan<char> value);

    public int Length
    {
        [Intrinsic]
        get => _stringLength;
    }

    [IndexerName("Chars")]
    public char this[int index]
    {
        [Intrinsic]
        get
        {
            if ((uint)index >= (uint)_stringLength)
            {
                ThrowHelper.IndexOutOfRange();
            }
            return Unsafe.Add(ref _firstChar, index);
        }
    }

    /// <summary>A string of zeros, to be filled before anybody else sees it.</summary>
    internal static string Allocate(int length) =>
        length == 0 ? "" : Unsafe.As<string>(RuntimeImports.NewArray(MethodTable.Of<string>(), length));

    public ref readonly char GetPinnableReference() => ref _firstChar;

    internal ref char GetRawStringData() => ref _firstChar;

    internal Span<char> Writable() => MemoryMarshal.CreateSpan(ref _firstChar, _stringLength);

    public static implicit operator ReadOnlySpan<char>(string? value) =>
        value is null ? default : MemoryMarshal.CreateReadOnlySpan(ref value._firstChar, value._stringLength);

    public static bool IsNullOrEmpty([NotNullWhen(false)] string? value) => value is null || value.Length == 0;

    public static bool IsNullOrWhiteSpace([NotNullWhen(false)] string? value) =>
        value is null || value.AsSpan().Trim().Length == 0;

    public static bool operator ==(string? a, string? b) => Equals(a, b);

    public static bool operator !=(string? a, string? b) => !Equals(a, b);

    public static bool Equals(string? a, string? b) =>
        ReferenceEquals(a, b) || (a is not null && b is not null && a.AsSpan().SequenceEqual(b));

    public static bool Equals(string? a, string? b, StringComparison comparisonType) =>
        ReferenceEquals(a, b) || (a is not null && b is not null && a.AsSpan().Equals(b, comparisonType));

    public static int CompareOrdinal(string? strA, string? strB) => strA.AsSpan().SequenceCompareTo(strB);

    public static int Compare(string? strA, string? strB, StringComparison comparisonType) =>
        strA.AsSpan().CompareTo(strB, comparisonType);

    public bool Equals(string? value) => Equals(this, value);

    public bool Equals(string? value, StringComparison comparisonType) => Equals(this, value, comparisonType);

    public override bool Equals(object? obj) => obj is string other && Equals(this, other);

    public int CompareTo(string? strB) => CompareOrdinal(this, strB);

    public override int GetHashCode()
    {
        uint hash = 2166136261;
        foreach (char c in this)
        {
            hash = (hash ^ c) * 16777619;
        }
        return (int)hash;
    }

    public override string ToString() => this;

    public char[] ToCharArray() => this.AsSpan().ToArray();

    public CharEnumerator GetEnumerator() => new(this);

    IEnumerator<char> IEnumerable<char>.GetEnumerator() => new CharEnumerator(this);

    IEnumerator IEnumerable.GetEnumerator() => new CharEnumerator(this);

    private static string Ctor(char[]? value) => Ctor(new ReadOnlySpan<char>(value));

    private static string Ctor(char[] value, int startIndex, int length) =>
        Ctor(new ReadOnlySpan<char>(value, startIndex, length));

    private static string Ctor(char c, int count)
    {
        string result = Allocate(count);
        result.Writable().Fill(c);
        return result;
    }

    private static string Ctor(ReadOnlySpan<char> value)
    {
        string result = Allocate(value.Length);
        value.CopyTo(result.Writable());
        return result;
    }
}
