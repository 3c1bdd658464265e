// SPDX-License-Identifier: MIT
namespace Hypervisor.Guests.Kit;

/// <summary>Marsaglia's xorshift: the same numbers on every run.</summary>
internal struct Rng
{
    private uint _state;

    internal Rng(uint seed)
    {
        _state = seed * 2654435761;
    }

    internal uint Next()
    {
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return _state;
    }
}
