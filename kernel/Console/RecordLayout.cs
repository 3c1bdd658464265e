// SPDX-License-Identifier: MIT
namespace Hypervisor.Console;

/// <summary>How a command shows its fields.</summary>
public enum RecordLayout
{
    /// <summary>A line for each field, its name first.</summary>
    List,

    /// <summary>A line for each record, the names above.</summary>
    Table,

    /// <summary>A line of JSON for each record, for scripts (-j).</summary>
    Json,
}
