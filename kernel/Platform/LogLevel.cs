// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>Who a line of the log is about.</summary>
public enum LogLevel : byte
{
    /// <summary>The hypervisor itself says what it does.</summary>
    Host,

    /// <summary>Something in the hypervisor or its hardware is not as it should be.</summary>
    Warning,

    /// <summary>A guest did something worth a line; such lines are limited in number.</summary>
    Guest,
}
