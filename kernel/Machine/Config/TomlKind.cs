// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>The types of TOML that a configuration uses.</summary>
internal enum TomlKind
{
    String,
    Integer,
    Boolean,
    Array,
    Table,

    /// <summary>An array of tables written as sections: <c>[[vm]]</c>.</summary>
    Sections,
}
