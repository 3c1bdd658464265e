// SPDX-License-Identifier: MIT
namespace System;

/// <summary>Mixes hash codes; the same input gives the same code on every run, unlike the framework's.</summary>
public struct HashCode
{
    private const uint Multiplier = 0x9e3779b1;

    private uint _state;

    public static int Combine<T1>(T1 value1)
    {
        HashCode code = default;
        code.Add(value1);
        return code.ToHashCode();
    }

    public static int Combine<T1, T2>(T1 value1, T2 value2)
    {
        HashCode code = default;
        code.Add(value1);
        code.Add(value2);
        return code.ToHashCode();
    }

    public static int Combine<T1, T2, T3>(T1 value1, T2 value2, T3 value3)
    {
        HashCode code = default;
        code.Add(value1);
        code.Add(value2);
        code.Add(value3);
        return code.ToHashCode();
    }

    public static int Combine<T1, T2, T3, T4>(T1 value1, T2 value2, T3 value3, T4 value4)
    {
        HashCode code = default;
        code.Add(value1);
        code.Add(value2);
        code.Add(value3);
        code.Add(value4);
        return code.ToHashCode();
    }

    public void Add<T>(T value)
    {
        uint hash = value is null ? 0u : (uint)value.GetHashCode();
        _state = (System.Numerics.BitOperations.RotateLeft(_state, 5) ^ hash) * Multiplier;
    }

    public readonly int ToHashCode() => (int)(_state ^ (_state >> 15));
}
