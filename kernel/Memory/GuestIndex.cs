// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>
/// The one clamp for indices and offsets that a guest chose. The check that comes before it can be mispredicted; the
/// arithmetic here cannot, so a speculated access stays inside the table as well (Spectre variant 1).
/// </summary>
public static class GuestIndex
{
    /// <summary><paramref name="index"/> where it is below <paramref name="length"/> (at most 2^63), else 0.</summary>
    public static ulong Clamp(ulong index, ulong length)
    {
        // Sign of index - length where both are below 2^63; an index above has the sign bit itself and gives 0.
        ulong below = (ulong)(unchecked((long)((index - length) & ~index)) >> 63);
        return index & below;
    }

    /// <summary>
    /// As above for array indices: 0 for every <paramref name="index"/> that is negative or not below the length.
    /// </summary>
    public static int Clamp(int index, int length) => (int)Clamp((uint)index, (uint)length);
}
