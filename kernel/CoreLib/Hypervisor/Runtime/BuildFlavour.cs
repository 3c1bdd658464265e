// SPDX-License-Identifier: MIT
namespace Hypervisor.Runtime;

/// <summary>Which build this is, as constants, so that the code of the other one is not compiled at all.</summary>
public static class BuildFlavour
{
#if CHECKED
    /// <summary>True in the Checked configuration: region rule, lock order and fault injector are on.</summary>
    public const bool IsChecked = true;
#else
    /// <summary>True in the Checked configuration: region rule, lock order and fault injector are on.</summary>
    public const bool IsChecked = false;
#endif
}
