// SPDX-License-Identifier: MIT
namespace Hypervisor.Boot.Loader;

/// <summary>What the screen shows when the loader is done. Multiboot2, 3.6.12.</summary>
public enum FramebufferKind : byte
{
    /// <summary>Pixels are numbers of a palette.</summary>
    Indexed = 0,

    /// <summary>Pixels are colours.</summary>
    Direct = 1,

    /// <summary>Characters with attributes, as on an EGA.</summary>
    Text = 2,

    /// <summary>The loader named no screen.</summary>
    None = 255,
}
