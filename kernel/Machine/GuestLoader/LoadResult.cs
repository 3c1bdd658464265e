// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.GuestLoader;

/// <summary>A loaded guest, or the sentence that says why it cannot be loaded.</summary>
public sealed class LoadResult
{
    /// <summary>Null where all went well.</summary>
    public readonly string? Error;

    public readonly ImageKind Kind;

    /// <summary>Of the first processor.</summary>
    public readonly InitialCpuState State;

    internal LoadResult(string error)
    {
        Error = error;
    }

    internal LoadResult(ImageKind kind, in InitialCpuState state)
    {
        Kind = kind;
        State = state;
    }
}
