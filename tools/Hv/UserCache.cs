// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Hypervisor.Tool;

/// <summary>Where './build.sh' keeps what it has downloaded: tools/setup.</summary>
internal static class UserCache
{
    public static string Folder { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "hypervisor");
}
