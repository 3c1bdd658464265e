// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Hypervisor.Tool.Images;

/// <summary>What goes on a boot medium.</summary>
internal sealed class ImageRequest
{
    /// <summary>The hypervisor's ELF.</summary>
    public required string Hypervisor { get; init; }

    /// <summary>GRUB's menu.</summary>
    public required string GrubConfig { get; init; }

    /// <summary>The config as it stands on the medium.</summary>
    public required string ConfigText { get; init; }

    /// <summary>Name under <c>/guests</c> to the file that goes there.</summary>
    public required IReadOnlyDictionary<string, string> GuestFiles { get; init; }

    /// <summary>Words of the hypervisor's command line, such as <c>debug-exit</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}
