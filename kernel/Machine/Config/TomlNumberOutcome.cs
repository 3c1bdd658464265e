// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>What a word without quotes turned out to be.</summary>
internal enum TomlNumberOutcome
{
    Integer,
    True,
    False,

    /// <summary>A number beyond 64 bits.</summary>
    TooLarge,

    /// <summary>A fraction: not supported.</summary>
    Float,

    /// <summary>A date or a time: not supported.</summary>
    Date,

    /// <summary>Nothing that TOML knows.</summary>
    Invalid,
}
