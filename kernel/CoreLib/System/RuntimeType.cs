// SPDX-License-Identifier: MIT
using Internal.Runtime;

namespace System;

/// <summary>Known to ilc by name, which also makes frozen ones: the table is the only field.</summary>
internal sealed unsafe class RuntimeType : Type
{
    private readonly MethodTable* _table;

    internal RuntimeType(MethodTable* table)
    {
        _table = table;
    }

    internal override MethodTable* Table => _table;
}
